import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModeState } from '#lib/contract/mode.ts'
import { type EventSource, openEventSource } from './testing/event-source.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { waitUntil } from './testing/wait-until.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())

const JSON_TYPE = { 'content-type': 'application/json' }
const open: EventSource[] = []

async function listen(path: string): Promise<EventSource> {
  const source = await openEventSource(new URL(path, server.url))
  open.push(source)
  return source
}
const listenAs = (agent: string, environment: string, id: string) =>
  listen(`/api/v1/mode/stream?agent=${agent}&environment=${environment}&executor_id=${id}`)

async function put(rules: readonly unknown[], change: Record<string, unknown> = {}) {
  const { json } = await server.client.ask('/api/v1/mode')
  const { revision } = json as ModeState
  return server.client.ask('/api/v1/mode', {
    method: 'PUT',
    headers: JSON_TYPE,
    body: JSON.stringify({ revision, rules, ...change }),
  })
}
const isMode = (revision: number) => (event: { event: string; id: string | null }) =>
  event.event === 'mode' && event.id === String(revision)

describe('executors', () => {
  it('hear the mode when they come, and each new revision with the rules that concern them', async () => {
    const kyc = await listenAs('kyc', 'production', 'kyc-1')
    const triage = await listenAs('triage', 'staging', 'triage-1')
    const first = await kyc.hear('the mode in force', ({ event }) => event === 'mode')
    const { revision } = first.data as ModeState
    const answer = await put([
      { mode: 'serial', agent: 'kyc' },
      { mode: 'reads-only', environment: 'staging' },
    ])
    expect(answer.status).toBe(200)
    const heard = await kyc.hear('the new mode', isMode(revision + 1))
    expect((heard.data as ModeState).rules.map(({ mode, agent }) => [mode, agent])).toEqual([
      ['serial', 'kyc'],
    ])
    const other = await triage.hear('the new mode', isMode(revision + 1))
    expect((other.data as ModeState).rules.map(({ mode }) => mode)).toEqual(['reads-only'])
  })

  it('are listed with what they obey, how soon, and whether they are still there', async () => {
    const { revision } = server.runtime.mode()
    const source = await listenAs('kyc', 'production', 'kyc-2')
    await put([{ mode: 'serial' }])
    await source.hear('the new mode', isMode(revision + 1))
    const report = {
      executor_id: 'kyc-2',
      agent: 'kyc',
      environment: 'production',
      revision: revision + 1,
      applied_at: 1_790_000_000_000,
    }
    const options = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(report) }
    expect((await server.client.ask('/api/v1/mode/applied', options)).status).toBe(204)
    const find = () => server.runtime.listExecutors().executors.find((item) => item.executor_id === 'kyc-2')
    expect(find()).toMatchObject({
      connected: true,
      agent: 'kyc',
      applied_revision: revision + 1,
      applied_at: 1_790_000_000_000,
      applied_after_ms: expect.any(Number),
    })
    const metrics = (await server.client.ask('/metrics')).text
    expect(metrics).toMatch(/^parascope_mode_applied_seconds_count [1-9]/m)
    expect(metrics).toMatch(/^parascope_executors\{standing="applied"\} [1-9]/m)
    source.close()
    await waitUntil('the executor is gone', () => find()?.connected === false)
  })

  it('hear when a rule has ended by itself', async () => {
    const source = await listenAs('kyc', 'production', 'kyc-3')
    const { revision } = server.runtime.mode()
    await put([{ mode: 'serial', agent: 'kyc', expires_at: Date.now() + 700 }], { reason: 'for a moment' })
    const set = await source.hear('the rule', isMode(revision + 1))
    expect((set.data as ModeState).rules).toHaveLength(1)
    const ended = await source.hear('its end', isMode(revision + 2))
    expect((ended.data as ModeState).rules).toEqual([])
    const [line] = (await server.runtime.reads.listModeAudit(1)).entries
    expect(line).toMatchObject({ revision: revision + 2, action: 'expire', by: 'expiry' })
  })

  it('must say who they are', async () => {
    const answer = await server.client.ask('/api/v1/mode/stream?agent=kyc')
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({ errors: [{ path: 'environment' }] })
    const long = `/api/v1/mode/stream?agent=a&environment=b&executor_id=${'x'.repeat(129)}`
    expect((await server.client.ask(long)).json).toMatchObject({ errors: [{ path: 'executor_id' }] })
  })
})

describe('a change of the mode', () => {
  it('is told to people, and counted', async () => {
    const people = await listen('/api/v1/stream')
    const { revision } = server.runtime.mode()
    await put([{ mode: 'serial', agent: `agent-${revision}` }], { reason: 'a test' })
    await people.hear('the change', ({ event, data }) => event === 'mode' && isRevision(data, revision + 1))
    expect((await server.client.ask('/metrics')).text).toMatch(/^parascope_mode_revisions_total [1-9]/m)
  })

  it('is refused with 409 when somebody was faster, and one of two at once wins', async () => {
    const { revision } = server.runtime.mode()
    const answers = await Promise.all(
      ['a', 'b'].map((agent) =>
        put([{ mode: 'serial', agent: `${agent}${revision}` }], { revision, reason: 'r' }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(server.runtime.mode().revision).toBe(revision + 1)
  })

  it.each([
    ['no list', {}, 'rules', 'is required'],
    ['another kind of list', { rules: {} }, 'rules', 'must be a list, not an object'],
    ['a revision of text', { rules: [], revision: 'one' }, 'revision', 'must be a number, not text'],
    [
      'an unknown mode',
      { rules: [{ mode: 'x' }] },
      'rules[0].mode',
      'must be one of parallel, reads-only, serial, not `x`',
    ],
    [
      'more than all',
      { rules: [{ mode: 'serial', percentage: 101 }] },
      'rules[0].percentage',
      'must be at most 100',
    ],
    ['no reason in a reason', { rules: [], reason: '  ' }, 'reason', 'must not be empty'],
    [
      'an end beyond all time',
      { rules: [{ mode: 'serial', expires_at: 1e300 }] },
      'rules[0].expires_at',
      'must be milliseconds since 1970, before the year 2100',
    ],
    [
      'text that is no text',
      { rules: [{ mode: 'serial', reason: '\ud800' }] },
      'rules[0].reason',
      'holds half of a surrogate pair, which is no text',
    ],
    [
      'too many rules',
      { rules: new Array(1_001).fill({ mode: 'serial' }) },
      'rules',
      'has 1001 items, more than 1000',
    ],
  ])('names field and cause: %s', async (_, body, path, reason) => {
    const before = server.runtime.mode()
    const answer = await server.client.ask('/api/v1/mode', {
      method: 'PUT',
      headers: JSON_TYPE,
      body: JSON.stringify({ revision: before.revision, ...body }),
    })
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path, reason }] })
    expect(server.runtime.mode()).toEqual(before)
  })

  it('leaves an audit trail that is whole', async () => {
    const audit = await server.runtime.reads.listModeAudit(100)
    expect(audit.intact).toBe(true)
    expect(audit.entries[0]?.revision).toBe(server.runtime.mode().revision)
  })
})

function isRevision(data: unknown, revision: number): boolean {
  return (data as { revision?: number }).revision === revision
}

describe('a stream', () => {
  it('ends when the server stops, and does not hold it up', async () => {
    const local = await startLocalServer()
    const source = await openEventSource(new URL('/api/v1/stream', local.url))
    const executor = await openEventSource(new URL('/api/v1/mode/stream?agent=a&environment=b', local.url))
    await local.stop()
    await Promise.all([source.ended, executor.ended])
  })
})

it('asked for the head of a stream only, gives that and no stream', async () => {
  const answer = await server.client.ask('/api/v1/stream', { method: 'HEAD' })
  expect(answer.headers['content-type']).toBe('text/event-stream')
})

describe('a method that a path does not take', () => {
  it('is a 405 that names those it takes', async () => {
    const answer = await server.client.ask('/api/v1/mode', { method: 'DELETE' })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, PUT')
    expect((answer.json as { detail: string }).detail).toContain('GET, PUT')
  })
})

afterAll(() => {
  for (const source of open) source.close()
})
