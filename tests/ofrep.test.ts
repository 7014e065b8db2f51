import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RequestError } from '#ingest/errors.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import {
  type OfrepBulk,
  type OfrepEvaluation,
  ofrepBulkSchema,
  ofrepEvaluationSchema,
  ofrepNoticeSchema,
} from '#lib/contract/ofrep.ts'
import { stickyPercent } from '#lib/flags/evaluate-mode.ts'
import { describeFailure } from '#server/http/ofrep-routes.ts'
import { type EventSource, openEventSource } from './testing/event-source.ts'
import type { HttpAnswer } from './testing/http-client.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { putRules } from './testing/put-rules.ts'
import { waitUntil } from './testing/wait-until.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await putRules(server.client, [])
})

const FLAG = 'parallel-tool-calls'
const FLAGS_PATH = '/ofrep/v1/evaluate/flags'

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return server.client.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: text,
  })
}

async function evaluate(context: Record<string, unknown>, key = FLAG): Promise<OfrepEvaluation> {
  return ofrepEvaluationSchema.parse((await post(`${FLAGS_PATH}/${key}`, { context })).json)
}

async function evaluateAll(context: Record<string, unknown>): Promise<OfrepBulk> {
  const { status, json } = await post(FLAGS_PATH, { context })
  expect(status).toBe(200)
  return ofrepBulkSchema.parse(json)
}

const rulesOf = (mode: ModeState) => mode.rules.map(({ id }) => id)

describe('one flag', () => {
  it('is the default where no rule speaks, and says of which revision', async () => {
    const { revision } = server.runtime.mode()
    expect(await evaluate({ targetingKey: 'run-1', agent: 'kyc', environment: 'production' })).toEqual({
      key: FLAG,
      value: 'parallel',
      variant: 'parallel',
      reason: 'STATIC',
      metadata: { revision },
    })
  })

  it('follows the rule for its agent and environment, and names it', async () => {
    const mode = await putRules(server.client, [
      { mode: 'serial', agent: 'kyc', environment: 'production' },
      { mode: 'reads-only', environment: 'production' },
    ])
    const [kyc, production] = rulesOf(mode)
    const metadata = (rule_id: string | undefined) => ({ revision: mode.revision, rule_id })
    expect(await evaluate({ agent: 'kyc', environment: 'production' })).toMatchObject({
      value: 'serial',
      reason: 'TARGETING_MATCH',
      metadata: metadata(kyc),
    })
    expect(await evaluate({ agent: 'triage', environment: 'production' })).toMatchObject({
      value: 'reads-only',
      metadata: metadata(production),
    })
    expect(await evaluate({ agent: 'kyc', environment: 'staging' })).toMatchObject({
      value: 'parallel',
      reason: 'DEFAULT',
    })
    expect(await evaluate({})).toMatchObject({ value: 'parallel', reason: 'DEFAULT' })
  })

  it('gives a share of the runs what the same hash gives them everywhere', async () => {
    const mode = await putRules(server.client, [{ mode: 'serial', percentage: 30 }])
    const [id = ''] = rulesOf(mode)
    for (let i = 0; i < 100; i++) {
      const expected = stickyPercent(id, `run-${i}`) < 30 ? 'serial' : 'parallel'
      expect(await evaluate({ targetingKey: `run-${i}` })).toMatchObject({ value: expected, reason: 'SPLIT' })
    }
  })

  it('cannot be told of a share without the run', async () => {
    await putRules(server.client, [{ mode: 'serial', percentage: 30 }])
    const answer = await post(`${FLAGS_PATH}/${FLAG}`, { context: { agent: 'kyc' } })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      key: FLAG,
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: expect.stringContaining('targetingKey'),
    })
    expect(await evaluate({ targetingKey: '' })).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' })
  })

  it('is told for one tool, whose rule can only tighten', async () => {
    const mode = await putRules(server.client, [
      { mode: 'reads-only' },
      { mode: 'serial', tool: 'refund' },
      { mode: 'parallel', tool: 'search' },
    ])
    const [, refund] = rulesOf(mode)
    expect(await evaluate({ tool: 'refund' })).toMatchObject({
      value: 'serial',
      metadata: { rule_id: refund },
    })
    expect(await evaluate({ tool: 'search' })).toMatchObject({ value: 'reads-only' })
    expect(await evaluate({})).toMatchObject({ value: 'reads-only' })
  })

  it('needs the run where a share of them has a tool held tighter, and only there', async () => {
    await putRules(server.client, [{ mode: 'serial', tool: 'refund', percentage: 50 }])
    expect(await evaluate({ tool: 'refund' })).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' })
    expect(await evaluate({ tool: 'search' })).toMatchObject({ value: 'parallel' })
    expect(await evaluate({}, `${FLAG}.tools`)).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' })
    await putRules(server.client, [
      { mode: 'serial', tool: 'refund' },
      { mode: 'serial', tool: 'refund', percentage: 50 },
    ])
    expect(await evaluate({ tool: 'refund' })).toMatchObject({ value: 'serial' })
  })

  it('comes in the other types too', async () => {
    const { revision } = await putRules(server.client, [
      { mode: 'serial', agent: 'kyc' },
      { mode: 'serial', tool: 'refund' },
      { mode: 'reads-only', tool: '__proto__' },
    ])
    expect(await evaluate({ agent: 'kyc' }, `${FLAG}.allowed`)).toMatchObject({
      value: false,
      variant: 'off',
    })
    expect(await evaluate({ agent: 'x' }, `${FLAG}.allowed`)).toMatchObject({ value: true, variant: 'on' })
    expect(await evaluate({ agent: 'x' }, `${FLAG}.revision`)).toMatchObject({ value: revision })
    const { text } = await post(`${FLAGS_PATH}/${FLAG}.tools`, { context: { agent: 'x' } })
    expect(text).toContain('"value":{"__proto__":"reads-only","refund":"serial"}')
    expect(await evaluate({ agent: 'kyc' }, `${FLAG}.tools`)).toMatchObject({ value: {}, variant: 'none' })
  })

  it.each(['missing-flag', 'a%2Fb', 'a/b', '__proto__', 'toString'])('is not found: %s', async (key) => {
    const answer = await post(`${FLAGS_PATH}/${key}`, { context: {} })
    expect(answer.status).toBe(404)
    expect(answer.json).toMatchObject({ key: decodeURIComponent(key), errorCode: 'FLAG_NOT_FOUND' })
  })

  it.each([
    ['no JSON', '{', 'PARSE_ERROR', 'not JSON'],
    ['no object', '[]', 'PARSE_ERROR', 'object'],
    ['a context that is none', { context: 'run-1' }, 'INVALID_CONTEXT', 'context'],
    ['a key that is no text', { context: { targetingKey: 7 } }, 'INVALID_CONTEXT', 'targetingKey'],
    ['an agent that is no text', { context: { agent: ['kyc'] } }, 'INVALID_CONTEXT', 'agent'],
    ['too much', { context: { note: 'x'.repeat(70_000) } }, 'PARSE_ERROR', 'larger'],
  ])('is refused with a code and a reason: %s', async (_, body, errorCode, reason) => {
    const one = await post(`${FLAGS_PATH}/${FLAG}`, body)
    expect(one.status).toBe(400)
    expect(one.json).toEqual({ key: FLAG, errorCode, errorDetails: expect.stringContaining(reason) })
    const all = await post(FLAGS_PATH, body)
    expect(all.status).toBe(400)
    expect(all.json).toEqual({ errorCode, errorDetails: expect.stringContaining(reason) })
  })

  it('is refused when the body is not said to be JSON, and takes no body for no context', async () => {
    const plain = await post(`${FLAGS_PATH}/${FLAG}`, '{}', { 'content-type': 'text/plain' })
    expect([plain.status, plain.json]).toMatchObject([400, { errorCode: 'PARSE_ERROR' }])
    const none = await server.client.ask(`${FLAGS_PATH}/${FLAG}`, { method: 'POST' })
    expect([none.status, none.json]).toMatchObject([200, { value: 'parallel' }])
  })
})

describe('a failure', () => {
  it.each([
    [new RequestError(401, 'Who are you?'), 401],
    [new RequestError(403, 'Not you.'), 403],
    [new RequestError(415, 'Not JSON.'), 400],
    [new RequestError(503, 'Not now.'), 500],
    [new TypeError('a bug'), 500],
  ])('has one of the statuses that the protocol knows: %s', (error, status) => {
    expect(describeFailure(error).status).toBe(status)
  })

  it('of ours says nothing of what failed, and one for a while says for how long', () => {
    expect(describeFailure(new TypeError('secret')).details).not.toContain('secret')
    expect(describeFailure(new RequestError(429, 'Too much.', { retryAfterS: 3 }))).toMatchObject({
      status: 429,
      retryAfterS: 3,
    })
  })
})

describe('all flags', () => {
  it('come in one answer, each with its own error where it has one', async () => {
    const { revision } = await putRules(server.client, [{ mode: 'serial', percentage: 30 }])
    const { flags, metadata } = await evaluateAll({ agent: 'kyc' })
    expect(flags).toMatchObject([
      { key: FLAG, errorCode: 'TARGETING_KEY_MISSING' },
      { key: `${FLAG}.allowed`, errorCode: 'TARGETING_KEY_MISSING' },
      { key: `${FLAG}.tools`, errorCode: 'TARGETING_KEY_MISSING' },
      { key: `${FLAG}.revision`, value: revision },
    ])
    expect(metadata).toEqual({ revision })
  })

  it('are not sent again to who has them, and are when anything of them is another', async () => {
    await putRules(server.client, [{ mode: 'serial', agent: 'kyc' }])
    const first = await post(FLAGS_PATH, { context: { agent: 'kyc' } })
    const etag = first.headers.etag ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await post(FLAGS_PATH, { context: { agent: 'kyc' } }, { 'if-none-match': held })
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag])
    }
    const ask = (path: string, context: unknown) => post(path, { context }, { 'if-none-match': etag })
    expect((await ask(FLAGS_PATH, { agent: 'triage' })).status).toBe(200)
    expect((await ask(`${FLAGS_PATH}?flagConfigEtag=%22r0%22`, { agent: 'kyc' })).status).toBe(200)
    const told = `${FLAGS_PATH}?flagConfigEtag=%22r${server.runtime.mode().revision}%22&flagConfigLastModified=1`
    expect((await ask(told, { agent: 'kyc' })).status).toBe(304)
    await putRules(server.client, [{ mode: 'reads-only', agent: 'kyc' }])
    const changed = await ask(FLAGS_PATH, { agent: 'kyc' })
    expect([changed.status, changed.json]).toMatchObject([
      200,
      { flags: [{ value: 'reads-only' }, {}, {}, {}] },
    ])
  })

  it('come with the address of the stream, below the public one where there is one', async () => {
    const { eventStreams } = await evaluateAll({})
    expect(eventStreams).toEqual([
      { type: 'sse', endpoint: { requestUri: '/ofrep/v1/events' }, inactivityDelaySec: 120 },
    ])
    const behind = await startLocalServer({ publicUrl: 'https://tools.example.com/parascope/' })
    const { json } = await behind.client.ask(FLAGS_PATH, { method: 'POST' })
    await behind.stop()
    expect((json as OfrepBulk).eventStreams[0]?.endpoint).toEqual({
      origin: 'https://tools.example.com',
      requestUri: '/parascope/ofrep/v1/events',
    })
  })
})

describe('the event stream', () => {
  const open: EventSource[] = []
  afterAll(() => {
    for (const source of open) source.close()
  })
  async function listen(headers: Record<string, string> = {}): Promise<EventSource> {
    const source = await openEventSource(new URL('/ofrep/v1/events', server.url), headers)
    open.push(source)
    return source
  }
  const isOf = (revision: number) => (event: { event: string; id: string | null }) =>
    event.event === 'message' && event.id === String(revision)

  it('says at each change to ask again', async () => {
    const source = await listen()
    const { revision } = await putRules(server.client, [{ mode: 'serial' }])
    const { data } = await source.hear('the change', isOf(revision))
    expect(ofrepNoticeSchema.parse(data)).toEqual({ type: 'refetchEvaluation', etag: `"r${revision}"` })
  })

  it('says so at once to who missed a change, and not to who missed none', async () => {
    const { revision } = await putRules(server.client, [{ mode: 'serial' }])
    const stranger = await listen()
    await stranger.hear('a first word', isOf(revision))
    const behind = await listen({ 'last-event-id': String(revision - 1) })
    await behind.hear('what it missed', isOf(revision))
    const current = await listen({ 'last-event-id': String(revision) })
    const next = await putRules(server.client, [])
    await current.hear('the next change', isOf(next.revision))
    expect(current.heard.filter(({ event }) => event === 'message').map(({ id }) => id)).toEqual([
      String(next.revision),
    ])
  })

  it('is told of when a rule ends by itself', async () => {
    const source = await listen()
    const { revision } = await putRules(server.client, [{ mode: 'serial', expires_at: Date.now() + 300 }])
    await source.hear('the end of the rule', isOf(revision + 1))
    expect(await evaluate({})).toMatchObject({ value: 'parallel' })
  })

  it('is counted while it is open, and ends with the server', async () => {
    const local = await startLocalServer()
    const source = await openEventSource(new URL('/ofrep/v1/events', local.url))
    const metrics = async () => (await local.client.ask('/metrics')).text
    await waitUntil('it is counted', async () =>
      (await metrics()).includes('parascope_streams{kind="flags"} 1'),
    )
    await local.stop()
    await source.ended
  })
})
