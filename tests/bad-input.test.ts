import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IngestAnswer, IngestBatch } from '#lib/contract/ingest.ts'
import type { Problem } from '#lib/contract/reads.ts'
import { hashContent } from './testing/content-hash.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'

/*
 * Every class of bad input at a running server: a 400 or an entry of `rejected` that names field and cause,
 * or a correction that the batch itself shows. The good neighbour in the same request is always stored.
 */

const MAX_BODY_BYTES = 4 << 20
const DAY_MS = 86_400_000
let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer({ maxBodyBytes: MAX_BODY_BYTES })
})
afterAll(() => server.stop())

let made = 0
function good(change: Partial<IngestBatch> = {}): IngestBatch {
  made += 1
  return {
    batch_id: `batch-${made}`,
    agent: 'support',
    started_at: Date.now(),
    calls: [
      { call_id: 'a', tool: 'get_order', outcome: 'ok', start_ms: 0, duration_ms: 5 },
      { call_id: 'b', tool: 'get_order', outcome: 'ok', start_ms: 1, duration_ms: 5 },
    ],
    ...change,
  }
}
const withCall = (change: Record<string, unknown>) => {
  const batch = good()
  return { ...batch, calls: [batch.calls[0], { ...batch.calls[1], ...change }] }
}
const read = (batchId: string) => server.runtime.reads.getBatch(batchId, Date.now())

/** Sends a bad batch between two good ones, and checks that those are kept as they were sent. */
async function sendBetweenGood(badBatch: string): Promise<IngestAnswer> {
  const neighbours = [good(), good()] as const
  const [before, after] = neighbours.map((batch) => JSON.stringify(batch))
  const answer = await server.client.postBatches(`{"batches":[${before},${badBatch},${after}]}`)
  expect([answer.status, answer.text.slice(0, 500)]).toEqual([200, expect.any(String)])
  for (const batch of neighbours) {
    const stored = await read(batch.batch_id)
    expect(stored && hashContent(stored)).toBe(hashContent(batch))
  }
  return answer.json as IngestAnswer
}

describe('a bad batch is rejected by position, field and cause, and its neighbours are kept', () => {
  it.each<[string, unknown, string, string]>([
    ['without an id', { ...good(), batch_id: undefined }, 'batch_id', 'is required'],
    [
      'with a call that ends before it starts',
      withCall({ duration_ms: -250 }),
      'calls[1].duration_ms',
      'must not be negative: a call cannot end before it starts',
    ],
    [
      'with two calls of one id and attempt',
      withCall({ call_id: 'a' }),
      'calls[1].call_id',
      'call_id `a` with attempt 1 is there twice',
    ],
    [
      'with a tool name of a megabyte',
      withCall({ tool: 'x'.repeat(1 << 20) }),
      'calls[1].tool',
      'has 1048576 characters, more than 256',
    ],
    [
      'with an unknown mode',
      good({ mode: 'turbo' as never }),
      'mode',
      'must be one of parallel, reads-only, serial, not `turbo`',
    ],
    ['without calls', good({ calls: [] }), 'calls', 'must not be empty'],
    [
      'in seconds',
      good({ started_at: Math.floor(Date.now() / 1000) }),
      'started_at',
      'must be milliseconds since 1970; this looks like seconds',
    ],
    ['that is null', null, '', 'must be an object, not null'],
    ['that is a list', [], '', 'must be an object, not a list'],
  ])('%s', async (_, batch, path, reason) => {
    const answer = await sendBetweenGood(JSON.stringify(batch))
    expect(answer).toEqual({ accepted: 2, duplicates: 0, rejected: [{ index: 1, path, reason }] })
  })

  it('with a number beyond all numbers', async () => {
    const batch = JSON.stringify(good()).replace('"duration_ms":5', '"duration_ms":1e999')
    const { rejected } = await sendBetweenGood(batch)
    expect(rejected).toEqual([
      { index: 1, path: 'calls[0].duration_ms', reason: 'is too large for a number' },
    ])
  })

  it('with half of a surrogate pair, which would be another text on disk', async () => {
    const { rejected } = await sendBetweenGood(JSON.stringify(withCall({ tool: 'a\udc00' })))
    expect(rejected).toEqual([
      { index: 1, path: 'calls[1].tool', reason: 'holds half of a surrogate pair, which is no text' },
    ])
  })
})

describe('an odd batch is kept, and shows what was odd', () => {
  it.each([
    ['a clock thirty days ahead', { started_at: Date.now() + 30 * DAY_MS }, {}, ['clock-skew']],
    ['a sender thirty days behind', {}, { sent_at: Date.now() - 30 * DAY_MS }, ['clock-skew']],
    ['history of last month', { started_at: Date.now() - 30 * DAY_MS }, {}, []],
  ])('%s', async (_, change, envelope, flags) => {
    const batch = good(change)
    const answer = await server.client.postBatches({ ...envelope, batches: [batch] })
    expect(answer.json).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
    const stored = await read(batch.batch_id)
    expect(stored?.flags).toEqual(flags)
    expect(stored?.started_at).toBe(batch.started_at)
  })

  it('a tool name of markup is a name like any other', async () => {
    const tool = '<img src=x onerror=alert(1)>&amp;"\'</script>'
    const batch = withCall({ tool }) as IngestBatch
    await server.client.postBatches({ batches: [batch] })
    const stored = await read(batch.batch_id)
    expect(stored?.calls[1]?.tool).toBe(tool)
    expect(stored?.signature).toBe([tool, 'get_order'].sort().join('+'))
  })

  it('of two values under one key the last counts', async () => {
    const batch = good()
    const text = JSON.stringify(batch).replace('"agent":"support"', '"agent":"first","agent":"second"')
    await sendBetweenGood(text)
    expect((await read(batch.batch_id))?.agent).toBe('second')
  })

  it('names that mean something to JavaScript mean nothing here', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    for (const name of names) {
      const batch = good({ agent: name, version: name, run_id: name })
      const text = JSON.stringify({ ...batch, tool_caps: { t: 2 } }).replace(
        '"t":2',
        `${JSON.stringify(name)}:2`,
      )
      await sendBetweenGood(text.replace('{', '{"__proto__":{"calls":null},'))
      const stored = await read(batch.batch_id)
      expect(stored).toMatchObject({ agent: name, version: name, run_id: name })
      expect(JSON.stringify(stored?.tool_caps)).toBe(JSON.stringify(Object.fromEntries([[name, 2]])))
    }
    expect(({} as { calls?: unknown }).calls).toBeUndefined()
  })
})

describe('a request that cannot be read is refused as a whole', () => {
  const json = 'application/json'
  it.each<[string, string | Uint8Array, Record<string, string>, number, RegExp]>([
    ['that is not JSON', 'hello', {}, 400, /^The body is not JSON: /],
    ['of NaN', '{"batches":[NaN]}', {}, 400, /^The body is not JSON: /],
    ['of nothing', '', {}, 400, /^The body is empty/],
    ['that breaks off', '{"batches":[{"batch_id"', {}, 400, /^The body is not JSON: /],
    ['of null', 'null', {}, 400, /^The body must be an object, not null/],
    ['without batches', '{}', {}, 400, /^`batches` is required/],
    ['with batches of another kind', '{"batches":"x"}', {}, 400, /^`batches` must be a list, not text/],
    ['that nests without end', `{"batches":[${'['.repeat(3 << 20)}`, {}, 400, /nests deeper than 32 levels/],
    ['of brackets', `{"batches":[${'{},'.repeat(1 << 20)}{}]}`, {}, 400, /almost nothing but brackets/],
    ['that is too large', Buffer.alloc(MAX_BODY_BYTES + 1, ' '), {}, 413, /larger than 4194304 bytes/],
    [
      'that is a bomb',
      gzipSync(Buffer.alloc(64 << 20, ' ')),
      { 'content-encoding': 'gzip' },
      413,
      /larger than/,
    ],
    ['packed in a way we do not know', '{}', { 'content-encoding': 'br' }, 415, /`br` is not supported/],
    ['that only says it is packed', '{"batches":[]}', { 'content-encoding': 'gzip' }, 400, /not valid gzip/],
    [
      'of another type',
      '<batches/>',
      { 'content-type': 'text/xml' },
      415,
      /must be application\/json, not `text\/xml`/,
    ],
    ['of bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, /is not UTF-8/],
  ])('%s', async (_, body, headers, status, detail) => {
    const answer = await server.client.postBatches(body, { 'content-type': json, ...headers })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    const problem = answer.json as Problem
    expect(problem.status).toBe(status)
    expect(problem.detail).toMatch(detail)
  })

  it('without batches is no mistake when it says so', async () => {
    const answer = await server.client.postBatches({ batches: [] })
    expect([answer.status, answer.json]).toEqual([200, { accepted: 0, duplicates: 0, rejected: [] }])
  })

  it('in one stream without a length is refused as soon as it is too large', async () => {
    const answer = await sendRaw([
      'POST /api/v1/batches HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      ...Array.from({ length: 6 }, () => `100000\r\n${' '.repeat(1 << 20)}\r\n`),
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it.each([
    ['a length that is no number', 'content-length: many\r\n\r\n{}', 400],
    ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}', 400],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}', 400],
    ['a header without end', `x: ${'y'.repeat(1 << 17)}\r\n\r\n`, 431],
  ])('with %s', async (_, rest, status) => {
    const answer = await sendRaw([
      `POST /api/v1/batches HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${rest}`,
    ])
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('that breaks off costs nobody else anything', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(
      'POST /api/v1/batches HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"batches":[',
    )
    socket.once('error', () => undefined)
    await sendBetweenGood('{}')
    socket.destroy()
    await sendBetweenGood('{}')
  })
})

/** Writes bytes to a connection of its own, and gives back what comes until the server ends it or has answered. */
function sendRaw(parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let heard = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      heard += text
      if (heard.includes('\r\n\r\n')) socket.destroy()
    })
    // Who is refused early may find the line closed while still sending.
    socket.once('error', () => undefined)
    socket.once('close', () => (heard === '' ? reject(new Error('nothing was answered')) : resolve(heard)))
    for (const part of parts) socket.write(part)
  })
}
