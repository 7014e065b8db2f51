import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { createTempLog, type TempLog } from '../tests/testing/temp-log.ts'
import { createReads } from './queries/reads.ts'
import { DIMENSION_LIMITS } from './sqlite/dimensions.ts'
import { LogWriter } from './write.ts'

let store: TempLog
beforeEach(() => {
  store = createTempLog()
})
afterEach(() => store[Symbol.dispose]())

const NOW_MS = 1_790_000_000_000
function sample(batchId: string, change: Partial<IngestBatch> = {}): IngestBatch {
  return {
    batch_id: batchId,
    agent: 'support',
    started_at: NOW_MS,
    calls: [{ call_id: 'a', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 1 }],
    ...change,
  }
}
const seqs = () => store.db.prepare('select seq from batches order by seq').pluck().all()
const read = (batchId: string) => createReads(store.openReading()).getBatch(batchId, NOW_MS)

describe('the log', () => {
  it('numbers its entries without gaps, retractions among them', () => {
    store.ingest([sample('a'), sample('b')])
    expect(store.log.transaction(() => store.log.retract('a'))).toBe(true)
    store.ingest([sample('c')])
    expect(seqs()).toEqual([1, 2, 4])
    expect(store.db.prepare('select seq, batch_seq from retractions').all()).toEqual([
      { seq: 3, batch_seq: 1 },
    ])
    expect(store.log.lastSeq).toBe(4)
    expect(new LogWriter(store.db).lastSeq).toBe(4)
  })

  it('has one current batch under an id, whatever was there before it', async () => {
    store.ingest([sample('a', { agent: 'first' })])
    expect(store.ingest([sample('a', { agent: 'second' })])).toMatchObject({ accepted: 0, duplicates: 1 })
    store.log.transaction(() => store.log.retract('a'))
    expect(await read('a')).toBeNull()
    expect(store.ingest([sample('a', { agent: 'second' })])).toMatchObject({ accepted: 1, duplicates: 0 })
    expect((await read('a'))?.agent).toBe('second')
    expect(store.log.transaction(() => store.log.retract('nobody'))).toBe(false)
  })

  it('keeps nothing of a transaction that failed, and goes on as if it had not been', async () => {
    store.ingest([sample('a')])
    const failing = () =>
      store.log.transaction(() => {
        store.log.retract('a')
        store.log.count('duplicates', 3)
        throw new Error('no room')
      })
    expect(failing).toThrow('no room')
    expect(store.log.lastSeq).toBe(1)
    store.ingest([sample('b', { agent: 'new', calls: [{ ...sample('').calls[0], tool: 'new' } as never] })])
    expect(seqs()).toEqual([1, 2])
    expect((await read('a'))?.batch_id).toBe('a')
    expect(store.db.prepare('select count(*) from counters').pluck().get()).toBe(0)
  })

  it('gives names of a failed transaction their ids anew', async () => {
    const named = (name: string) =>
      sample(name, { agent: name, calls: [{ ...sample('').calls[0], tool: name } as never] })
    expect(() =>
      store.log.transaction(() => {
        for (const batch of store.prepare([named('lost')]).batches) store.log.append(batch)
        throw new Error('no room')
      }),
    ).toThrow('no room')
    store.ingest([named('one'), named('lost')])
    expect((await read('one'))?.calls[0]?.tool).toBe('one')
    expect((await read('lost'))?.agent).toBe('lost')
    const names = store.db
      .prepare('select value from dimensions where kind = ? order by id')
      .pluck()
      .all('tool')
    expect(names).toEqual(['one', 'lost'])
  })

  it('hears of a position that is taken, instead of passing over the batch', () => {
    store.ingest([sample('a')])
    // Somebody else wrote behind the writer's back.
    store.db.prepare('update batches set seq = 2').run()
    expect(() => store.ingest([sample('b')])).toThrow(/UNIQUE constraint failed: batches.seq/)
  })

  it('keeps names for which there is no room, and the batch whole', async () => {
    const limit = DIMENSION_LIMITS.environment
    store.ingest(Array.from({ length: limit + 5 }, (_, i) => sample(`b${i}`, { environment: `env-${i}` })))
    expect((await read(`b${limit - 1}`))?.environment).toBe(`env-${limit - 1}`)
    expect((await read(`b${limit + 4}`))?.environment).toBe(`env-${limit + 4}`)
  })
})
