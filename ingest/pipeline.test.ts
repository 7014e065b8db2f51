import { afterAll, describe, expect, it } from 'vitest'
import { createReads } from '#db/queries/reads.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { createTempLog, RECEIVED_AT_MS as NOW_MS } from '../tests/testing/temp-log.ts'
import { RequestError } from './errors.ts'
import { commitIngest, prepareIngest } from './pipeline.ts'

const store = createTempLog()
afterAll(() => store[Symbol.dispose]())
const reads = createReads(store.openReading())
const read = (batchId: string) => reads.getBatch(batchId, NOW_MS)

let made = 0
function sample(change: Partial<IngestBatch> = {}): IngestBatch {
  made += 1
  return {
    batch_id: `batch-${made}`,
    agent: 'support',
    started_at: NOW_MS,
    calls: [{ call_id: 'a', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 1 }],
    ...change,
  }
}

function prepare(value: unknown) {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  return prepareIngest({ body, encoding: '', receivedAtMs: NOW_MS, source: 'sdk' }, 1 << 20)
}

const ingest = (value: unknown) => store.log.transaction(() => commitIngest(prepare(value), store.log).answer)
const countOf = (name: string) =>
  (store.db.prepare('select value from counters where name = ?').pluck().get(name) ?? 0) as number

describe('a request', () => {
  it('stores the good neighbours of bad batches, which are named by position, field and cause', async () => {
    const first = sample()
    const last = sample()
    const answer = ingest({
      batches: [first, { ...sample(), mode: 'turbo' }, null, { ...sample(), calls: [] }, last],
    })
    expect(answer).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, path: 'mode', reason: 'must be one of parallel, reads-only, serial, not `turbo`' },
        { index: 2, path: '', reason: 'must be an object, not null' },
        { index: 3, path: 'calls', reason: 'must not be empty' },
      ],
    })
    for (const { batch_id } of [first, last]) expect((await read(batch_id))?.batch_id).toBe(batch_id)
  })

  it('without batches is taken, and comes to nothing', () => {
    expect(ingest({ batches: [] })).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
  })

  it.each([
    ['null', 'The body must be an object, not null.'],
    ['[]', 'The body must be an object, not a list.'],
    ['{}', '`batches` is required.'],
    ['{"batches":{}}', '`batches` must be a list, not an object.'],
    ['{"batches":[],"sent_at":"now"}', '`sent_at` must be a number, not text.'],
    ['{"batches":[],"sent_at":1e999}', '`sent_at` is too large for a number.'],
    ['{"batches":[],"sdk":{"name":7}}', '`sdk.name` must be text, not a number.'],
    [`{"batches":[${new Array(10_001).fill('1')}]}`, '`batches` has 10001 items, more than 10000.'],
  ])('whose envelope cannot be read is a 400: %.40s', (text, detail) => {
    expect(() => prepare(text)).toThrow(expect.objectContaining({ status: 400, message: detail }))
    expect(() => prepare(text)).toThrow(RequestError)
  })

  it('reads a key named __proto__ as nothing but a name', async () => {
    const { batch_id } = sample()
    const batch = JSON.stringify(sample({ batch_id, tool_caps: { t: 1 } })).replace(
      '{"t":1}',
      '{"__proto__":2}',
    )
    expect(ingest(`{"batches":[${batch.replace('{', '{"__proto__":{"agent":"x"},')}]}`).accepted).toBe(1)
    const stored = await read(batch_id)
    expect(JSON.stringify(stored?.tool_caps)).toBe('{"__proto__":2}')
    expect(stored?.agent).toBe('support')
  })
})

describe('the same batch again', () => {
  it('is a duplicate within a request and across requests, and the first wins', async () => {
    const batch = sample()
    expect(ingest({ batches: [batch, batch] })).toEqual({ accepted: 1, duplicates: 1, rejected: [] })
    const before = { duplicates: countOf('duplicates'), conflicts: countOf('conflicts') }
    expect(ingest({ batches: [batch] })).toEqual({ accepted: 0, duplicates: 1, rejected: [] })
    expect(countOf('duplicates')).toBe(before.duplicates + 1)
    expect(ingest({ batches: [{ ...batch, agent: 'another' }] })).toEqual({
      accepted: 0,
      duplicates: 1,
      rejected: [],
    })
    expect(countOf('conflicts')).toBe(before.conflicts + 1)
    expect((await read(batch.batch_id))?.agent).toBe('support')
  })

  it.each([
    ['another start', { started_at: NOW_MS + 1 }],
    ['another run', { run_id: 'other' }],
    ['another field that only the body holds', { tenant: 'other' }],
    ['another call', { calls: [{ call_id: 'a', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 2 }] }],
  ] satisfies [string, Partial<IngestBatch>][])('with %s is a conflict', (_, change) => {
    const batch = sample()
    ingest({ batches: [batch] })
    const before = countOf('conflicts')
    ingest({ batches: [{ ...batch, ...change }] })
    expect(countOf('conflicts')).toBe(before + 1)
  })
})

describe('declared dependencies that cannot be', () => {
  it('are ignored, and the batch says so', async () => {
    const call = (call_id: string, depends_on: string[]) =>
      ({ call_id, tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 1, depends_on }) as const
    const batch = sample({
      calls: [call('a', ['b']), call('b', ['a']), call('c', ['c']), call('d', ['nobody'])],
    })
    ingest({ batches: [batch] })
    const stored = await read(batch.batch_id)
    expect(stored?.flags.toSorted()).toEqual(['dependency-cycle', 'dependency-self', 'dependency-unknown'])
    expect(stored?.calls.map((item) => item.depends_on)).toEqual([['b'], ['a'], ['c'], ['nobody']])
  })
})
