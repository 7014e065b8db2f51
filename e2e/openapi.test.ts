import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect } from 'vitest'
import { alertListSchema } from '#lib/contract/alerts.ts'
import { channelSchema } from '#lib/contract/channels.ts'
import { loseOverlap } from '../tests/testing/lost-overlap.ts'
import { waitUntil } from '../tests/testing/wait-until.ts'
import { test } from './harness.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

interface Operation {
  readonly parameters: readonly { name: string; in: string; required: boolean }[]
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: unknown }> }>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const BATCH = sampleBatch({
  batch_id: 'known/1 %',
  run_id: 'run/1 %',
  calls: [sampleCall({ tool: 'tool/1 %' }), sampleCall({ outcome: 'timeout', duration_ms: 400 })],
})
/** What stands for the braces of a path; of alerts and channels once there are some. */
const IN_PATH: Record<string, string> = {
  batch_id: 'known/1 %',
  run_id: 'run/1 %',
  tool: 'tool/1 %',
}
const IN_QUERY: Readonly<Record<string, string>> = { agent: 'support-triage', environment: 'production' }

test.beforeAll(async ({ server }) => {
  const regression = loseOverlap({ fromMs: Date.now() - 3_600_000, good: 40, bad: 8, mended: 0 })
  await sendBatches(server.url, [BATCH, sampleBatch(), ...regression])
  await waitUntil('an alert is found', async () => {
    const answer = await fetch(new URL('/api/v1/alerts', server.url))
    const { alerts } = alertListSchema.parse(await answer.json())
    IN_PATH.alert_id = alerts[0]?.id ?? ''
    return alerts.length > 0
  })
  // A line of the audit trail, and a rollout to compare.
  const share = {
    environment: 'production',
    mode: 'serial',
    percentage: 50,
    guard: { max_failing_share: 0.5 },
  }
  await fetch(new URL('/api/v1/mode', server.url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision: 0, rules: [share] }),
  })
  const made = await fetch(new URL('/api/v1/channels', server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'pager', url: 'https://alerts.example/hook', enabled: false }),
  })
  IN_PATH.channel_id = channelSchema.parse(await made.json()).id
})

async function readDocument(url: string): Promise<Document> {
  return (await (await fetch(new URL('/api/openapi.json', url))).json()) as Document
}

function addressOf(path: string, { parameters }: Operation): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(IN_PATH[name] ?? ''))
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const query = new URLSearchParams(needed.map(({ name }) => [name, IN_QUERY[name] ?? '']))
  return query.size === 0 ? filled : `${filled}?${query}`
}

/** The body, or of a stream that never ends its first event. */
async function readStart(response: Response, isStream: boolean): Promise<string> {
  if (!isStream) return response.text()
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const { value = '' } = (await reader?.read()) ?? {}
  await reader?.cancel()
  return value
}

describe('the document that the server gives of itself', () => {
  test('is OpenAPI 3.1 and holds every path that a client needs', async ({ server }) => {
    const { openapi, paths } = await readDocument(server.url)
    expect(openapi).toMatch(/^3\.1\./)
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/batches', '/api/v1/tools', '/api/v1/mode', '/api/v1/mode/stream']),
    )
  })

  test('keeps its word: every path that can be read answers in the type and shape it declares', async ({
    server,
  }) => {
    const document = await readDocument(server.url)
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    ajv.addSchema(document, 'api')
    const pointer = (...parts: string[]) =>
      parts
        .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
        .map(encodeURIComponent)
        .join('/')

    for (const [path, { get }] of Object.entries(document.paths)) {
      const [type] = Object.keys(get?.responses['200']?.content ?? {})
      if (get === undefined || type === undefined) continue
      const response = await fetch(new URL(addressOf(path, get), server.url))
      expect(response.status, path).toBe(200)
      expect(response.headers.get('content-type'), path).toContain(type)
      const text = await readStart(response, type === 'text/event-stream')
      expect(text, path).not.toBe('')
      if (type === 'text/event-stream') continue
      const validate = ajv.compile({
        $ref: `api#/${pointer('paths', path, 'get', 'responses', '200', 'content', type, 'schema')}`,
      })
      const values = type === 'application/json' ? [text] : text.trim().split('\n')
      for (const value of values) {
        expect(validate(JSON.parse(value)), `${path}: ${JSON.stringify(validate.errors)}`).toBe(true)
      }
    }
  })

  test('a wrong parameter is a 400 that names it', async ({ server }) => {
    const response = await fetch(new URL('/api/v1/batches?min_wall_ms=soon', server.url))
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 400, errors: [{ path: 'min_wall_ms' }] })
  })
})
