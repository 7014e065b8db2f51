import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { randomBatches } from '#db/queries/testing/random-batches.ts'
import { createTempStore, type TempStore } from '#db/queries/testing/temp-store.ts'
import { publishRuntime } from '#db/runtime.ts'
import { parseJsonRequest } from '#ingest/otlp/parse-json.ts'
import { alertListSchema } from '#lib/contract/alerts.ts'
import { channelListSchema } from '#lib/contract/channels.ts'
import { couplingSchema } from '#lib/contract/coupling.ts'
import { markersSchema } from '#lib/contract/markers.ts'
import { executorsSchema, modeAuditSchema } from '#lib/contract/mode.ts'
import { PATHS } from '#lib/contract/openapi-paths.ts'
import {
  batchDetailSchema,
  batchHistogramSchema,
  batchListSchema,
  batchSizesSchema,
  facetsSchema,
  overviewSchema,
  problemSchema,
  runSchema,
  siblingsSchema,
  toolDetailSchema,
  toolListSchema,
} from '#lib/contract/reads.ts'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Promise<Response> | Response
type Route = Readonly<Record<string, Handler>>

/** Every route file, by the path that the contract has for it. */
const ROUTES: Readonly<Record<string, () => Promise<unknown>>> = {
  '/api/v1/batches': () => import('./v1/batches/route.ts'),
  '/api/v1/batches/histogram': () => import('./v1/batches/histogram/route.ts'),
  '/api/v1/batches/{batch_id}': () => import('./v1/batches/[batchId]/route.ts'),
  '/api/v1/runs/{run_id}': () => import('./v1/runs/[runId]/route.ts'),
  '/api/v1/tools': () => import('./v1/tools/route.ts'),
  '/api/v1/tools/{tool}': () => import('./v1/tools/[tool]/route.ts'),
  '/api/v1/batch-sizes': () => import('./v1/batch-sizes/route.ts'),
  '/api/v1/siblings': () => import('./v1/siblings/route.ts'),
  '/api/v1/overview': () => import('./v1/overview/route.ts'),
  '/api/v1/facets': () => import('./v1/facets/route.ts'),
  '/api/v1/alerts': () => import('./v1/alerts/route.ts'),
  '/api/v1/alerts/{alert_id}': () => import('./v1/alerts/[alertId]/route.ts'),
  '/api/v1/channels': () => import('./v1/channels/route.ts'),
  '/api/v1/channels/{channel_id}/deliveries': () => import('./v1/channels/[channelId]/deliveries/route.ts'),
  '/api/v1/coupling': () => import('./v1/coupling/route.ts'),
  '/api/v1/markers': () => import('./v1/markers/route.ts'),
  '/api/v1/export': () => import('./v1/export/route.ts'),
  '/api/v1/mode/executors': () => import('./v1/mode/executors/route.ts'),
  '/api/v1/mode/audit': () => import('./v1/mode/audit/route.ts'),
  '/api/v1/mode/comparison': () => import('./v1/mode/comparison/route.ts'),
  '/api/openapi.json': () => import('./openapi.json/route.ts'),
}
/** Answered by the front of the server before Next. */
const FRONT_PATHS = [
  '/api/v1/alerts/{alert_id}/actions',
  '/api/v1/channels/{channel_id}',
  '/api/v1/channels/{channel_id}/test',
  '/api/v1/tools/{tool}/marks',
  '/api/v1/mode',
  '/api/v1/mode/stream',
  '/api/v1/mode/applied',
  '/api/v1/mode/audit/export',
  '/api/v1/mode/trigger',
  '/api/v1/otlp/receipt',
  '/api/v1/otlp/settle',
  '/api/v1/rebuild',
  '/api/v1/stream',
]

async function request(path: string, target = path, params: Record<string, string> = {}, method = 'GET') {
  const route = (await ROUTES[path]?.()) as Route
  const handler = route[method] as Handler
  return handler(new Request(`http://parascope${target}`, { method }), { params: Promise.resolve(params) })
}

let store: TempStore
const [first] = randomBatches({ count: 1, seed: 20, fromMs: 1_780_000_000_000, toMs: 1_780_000_000_001 })
const sample = { ...first, batch_id: 'known', run_id: 'a/run', agent: 'planner' } as NonNullable<typeof first>

beforeAll(() => {
  store = createTempStore()
  store.ingest([
    sample,
    ...randomBatches({ count: 200, seed: 21, fromMs: 1_780_000_000_000, toMs: 1_780_100_000_000 }),
  ])
  store.derive()
  const mode = { revision: 0, default: 'parallel', rules: [] } as const
  publishRuntime({
    reads: store.read(),
    mode: () => ({ ...mode, rules: [] }),
    listExecutors: () => ({ revision: 0, revision_at: null, executors: [] }),
    falseAlarms: 0.005,
    readModeRunbook: async () => '',
  })
})
afterAll(() => store.close())

describe('the API', () => {
  it('has a route for every path that it declares, and declares every route', () => {
    expect([...Object.keys(ROUTES), ...FRONT_PATHS].sort()).toEqual(Object.keys(PATHS).sort())
  })

  it.each<[string, string, Record<string, string>, z.ZodType]>([
    ['/api/v1/batches', '/api/v1/batches?agent=planner&sort=size&limit=3', {}, batchListSchema],
    ['/api/v1/batches/histogram', '/api/v1/batches/histogram?range=7d', {}, batchHistogramSchema],
    ['/api/v1/batches/{batch_id}', '/api/v1/batches/known', { batchId: 'known' }, batchDetailSchema],
    ['/api/v1/runs/{run_id}', '/api/v1/runs/a%2Frun', { runId: 'a/run' }, runSchema],
    ['/api/v1/tools', '/api/v1/tools', {}, toolListSchema],
    ['/api/v1/tools/{tool}', '/api/v1/tools/search?agent=coder', { tool: 'search' }, toolDetailSchema],
    ['/api/v1/batch-sizes', '/api/v1/batch-sizes?environment=prod', {}, batchSizesSchema],
    ['/api/v1/siblings', '/api/v1/siblings?tool=read&tool=write&tool_match=all', {}, siblingsSchema],
    ['/api/v1/overview', '/api/v1/overview?from=2026-05-01&to=2026-07-01', {}, overviewSchema],
    ['/api/v1/facets', '/api/v1/facets', {}, facetsSchema],
    ['/api/v1/alerts', '/api/v1/alerts?state=all&range=24h&kind=missed', {}, alertListSchema],
    ['/api/v1/channels', '/api/v1/channels', {}, channelListSchema],
    ['/api/v1/coupling', '/api/v1/coupling?range=30d', {}, couplingSchema],
    ['/api/v1/markers', '/api/v1/markers?environment=prod&agent=planner', {}, markersSchema],
    ['/api/v1/mode/executors', '/api/v1/mode/executors', {}, executorsSchema],
    ['/api/v1/mode/audit', '/api/v1/mode/audit?limit=5', {}, modeAuditSchema],
  ])('answers %s as its contract says, to nobody who keeps it', async (path, target, params, schema) => {
    const response = await request(path, target, params)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = await response.json()
    expect(schema.parse(answer)).toEqual(answer)
  })

  it.each([
    ['/api/v1/batches', 'limit=0', 'limit'],
    ['/api/v1/batches', 'cursor=x', 'cursor'],
    ['/api/v1/alerts', 'cursor=x', 'cursor'],
    ['/api/v1/alerts', 'kind=slow', 'kind'],
    ['/api/v1/tools', 'agnet=a', 'agnet'],
    ['/api/v1/facets', 'agent=a', 'agent'],
    ['/api/v1/overview', 'range=1h&from=1', 'range'],
    ['/api/v1/export', 'format=csv', 'format'],
    ['/api/v1/mode/audit', 'limit=many', 'limit'],
  ])('answers 400 for %s?%s and names the parameter', async (path, query, parameter) => {
    const response = await request(path, `${path}?${query}`)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = problemSchema.parse(await response.json())
    expect(problem.errors.map((error) => error.path)).toEqual([parameter])
    expect(problem.detail).toContain(`\`${parameter}\``)
  })

  it.each([
    ['/api/v1/batches/{batch_id}', { batchId: 'unheard-of' }],
    ['/api/v1/runs/{run_id}', { runId: 'unheard-of' }],
    ['/api/v1/tools/{tool}', { tool: 'unheard-of' }],
    ['/api/v1/alerts/{alert_id}', { alertId: 'unheard-of' }],
  ])('answers 404 for a %s that is not there', async (path, params) => {
    const response = await request(path, '/', params)
    expect(response.status).toBe(404)
    expect(problemSchema.parse(await response.json()).status).toBe(404)
  })

  it('answers 405 with what is allowed to any other method', async () => {
    const tools = await request('/api/v1/tools', '/api/v1/tools', {}, 'POST')
    expect(tools.status).toBe(405)
    expect(tools.headers.get('allow')).toBe('GET, HEAD')
    const batches = await request('/api/v1/batches', '/api/v1/batches', {}, 'DELETE')
    expect(batches.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  it('answers 404 as a problem for a path that is none', async () => {
    const { GET } = await import('./[[...path]]/route.ts')
    const response = GET(new Request('http://parascope/api/v9/nothing'))
    expect(response.status).toBe(404)
    expect(problemSchema.parse(await response.json()).detail).toContain('/api/v9/nothing')
  })

  it('streams the export as lines', async () => {
    const response = await request('/api/v1/export', '/api/v1/export?format=jsonl&agent=planner')
    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    const text = await response.text()
    expect(text.endsWith('\n')).toBe(true)
    const lines = text.trim().split('\n')
    const { batches } = batchListSchema.parse(
      await (await request('/api/v1/batches', '/?agent=planner&limit=500')).json(),
    )
    expect(lines).toHaveLength(batches.length)
    expect(lines.every((line) => JSON.parse(line).agent === 'planner')).toBe(true)
  })

  it('streams the same batches as OTLP, a request that can be taken in to a line', async () => {
    const [jsonl, otlp] = await Promise.all(
      ['jsonl', 'otlp'].map(async (format) => {
        const response = await request('/api/v1/export', `/api/v1/export?format=${format}&agent=planner`)
        const text = await response.text()
        return text.trim().split('\n')
      }),
    )
    const spans = otlp?.flatMap((line) => {
      const read = parseJsonRequest(JSON.parse(line))
      expect(read.rejected.count).toBe(0)
      return read.spans.slice(0, 1)
    })
    expect(spans?.map(({ attributes }) => attributes['parascope.batch.id'])).toEqual(
      jsonl?.map((line) => JSON.parse(line).batch_id),
    )
  })

  it('says 500 in words of its own and the cause in the log, when a read fails', async () => {
    const logged = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    try {
      const failing = store.read({
        monotonicMs: () => {
          throw new Error('no clock today')
        },
      })
      publishRuntime({
        reads: failing,
        mode: () => {
          throw new Error()
        },
        listExecutors: () => {
          throw new Error()
        },
        falseAlarms: 0.005,
        readModeRunbook: async () => '',
      })
      const response = await request('/api/v1/batches')
      expect(response.status).toBe(500)
      const problem = problemSchema.parse(await response.json())
      expect(problem.detail).not.toContain('no clock today')
      expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
        level: 50,
        path: '/api/v1/batches',
        err: { message: 'no clock today' },
      })
    } finally {
      logged.mockRestore()
    }
  })
})
