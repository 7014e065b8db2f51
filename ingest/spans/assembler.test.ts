import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReads } from '#db/queries/reads.ts'
import { dumpDerived } from '../../tests/testing/derived-state.ts'
import { agent, model, returned, tool } from '../assemble/facts.test-util.ts'
import { aMess, aPlan, play } from '../assemble/plans.test-util.ts'
import type { SpanFacts } from '../dialects/facts.ts'
import {
  contentOf,
  createSpanStore,
  expectedOf,
  KEEP_MS,
  QUIET_MS,
  type SpanStore,
  withOtlpIds,
} from './span-store.test-util.ts'

/** A turn of two calls in one run. */
function turn(n: number, trace: string, { tools = true } = {}): SpanFacts[] {
  const at = n * 1_000
  const calls = [`a#call_${trace}${n}x7f3k9q`, `b#call_${trace}${n}y7f3k9q`]
  const emission = model({ id: `m${n}`, trace, in: 'root', at: [at, at + 100], emits: calls })
  if (!tools) return [emission]
  return [
    emission,
    tool({ id: `a${n}`, trace, in: 'root', at: [at + 110, at + 200], call: calls[0] as string }),
    tool({ id: `b${n}`, trace, in: 'root', at: [at + 110, at + 300], call: calls[1] as string }),
  ]
}

function quieten(store: SpanStore): void {
  store.wait(QUIET_MS + 1_000)
  store.work()
  // What settling the whole changed has waited already.
  store.work()
}

describe('spans in any order and in any pieces', () => {
  const aWay = fc.record({
    size: fc.integer({ min: 1, max: 8 }),
    waitMs: fc.constantFrom(0, 50, 200, QUIET_MS + 1),
    next: fc.constantFrom('nothing', 'work', 'work', 'restart', 'derive', 'repeat'),
  })

  it('end as the batches that all of them tell, each counted once, whatever is killed on the way', () => {
    fc.assert(
      fc.property(
        fc.oneof(aPlan.map(play), aMess).map((facts) => withOtlpIds(facts)),
        fc.infiniteStream(aWay),
        fc.infiniteStream(fc.nat()),
        (facts, ways, order) => {
          using store = createSpanStore()
          const left = [...facts]
          const sent: SpanFacts[] = []
          while (left.length > 0) {
            const { size, waitMs, next } = ways.next().value as { size: number; waitMs: number; next: string }
            const picked = Array.from(
              { length: Math.min(size, left.length) },
              () => left.splice((order.next().value as number) % left.length, 1)[0] as SpanFacts,
            )
            store.send(next === 'repeat' ? [...picked, ...sent.slice(-2), ...picked] : picked)
            sent.push(...picked)
            store.wait(waitMs)
            if (next === 'restart') store.restart()
            if (next === 'derive') store.derive()
            if (next !== 'nothing') store.work()
          }
          store.restart()
          store.settle()
          expect(store.faults).toEqual([])
          expect(store.final().map(contentOf)).toEqual(expectedOf(facts))
          expect(store.visible()).toEqual(store.final())
          store.derive()
          const incremental = dumpDerived(store.db)
          store.db.exec("delete from consumers; delete from counters where name like '%spans'")
          store.restart()
          store.derive()
          expect(dumpDerived(store.db)).toEqual(incremental)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('a batch that may still change', () => {
  it('is seen at once, and counts when no span of it has come for the quiet period', async () => {
    using store = createSpanStore()
    const reads = createReads(store.db)
    store.send(withOtlpIds(turn(1, 't')))
    store.wait(200)
    store.work()
    store.derive()
    const { batches } = await reads.listBatches({}, 0)
    expect(batches).toMatchObject([{ provisional: true, size: 2, source: 'otlp', wall_ms: 190, revision: 1 }])
    expect((await reads.listTools({}, 0)).tools).toEqual([])
    expect((await reads.getOtlpReceipt()).provisional_batches).toBe(1)
    quieten(store)
    store.derive()
    expect((await reads.listBatches({}, 0)).batches).toMatchObject([{ provisional: false, revision: 1 }])
    expect((await reads.listTools({}, 0)).tools).toMatchObject([
      { tool: 'a', calls: 1 },
      { tool: 'b', calls: 1 },
    ])
    expect(store.shown).toMatchObject({ added: [{}], changed: [batches[0]?.batch_id] })
  })

  it('is final while later turns of its run still come', () => {
    using store = createSpanStore()
    for (let n = 1; n <= 5; n++) {
      store.send(withOtlpIds(turn(n, 't')))
      store.wait(QUIET_MS - 1_000)
      store.work()
    }
    expect(store.final()).toHaveLength(3)
    expect(store.visible()).toHaveLength(5)
  })
})

describe('late truth', () => {
  it('replaces what was final by one retraction, however many spans it takes', async () => {
    using store = createSpanStore()
    const spans = withOtlpIds(turn(1, 't'))
    store.send(spans.slice(0, 1))
    store.wait(200)
    store.work()
    quieten(store)
    const [before] = store.final()
    expect(before?.calls.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown'])
    for (const span of spans.slice(1)) {
      store.send([span])
      store.wait(1_000)
      store.work()
    }
    const reads = createReads(store.db)
    expect(await reads.getBatch(before?.batchId ?? '', 0)).toMatchObject({ provisional: true, revision: 1 })
    quieten(store)
    expect(store.final().map(contentOf)).toEqual(expectedOf(spans))
    expect(store.final()).toMatchObject([
      { revision: 2, provisional: false, receivedAtUs: before?.receivedAtUs },
    ])
    expect(store.db.prepare('select count(*) from retractions').pluck().get()).toBe(1)
  })

  it('that says what was said already changes nothing', () => {
    using store = createSpanStore()
    const spans = withOtlpIds(turn(1, 't'))
    store.send(spans)
    store.wait(200)
    store.work()
    quieten(store)
    const before = store.final()
    store.send([...spans, ...withOtlpIds([agent({ id: 'root', trace: 't', at: [0, 5_000] })])])
    store.wait(200)
    store.work()
    quieten(store)
    expect(store.final().map(contentOf)).toEqual(before.map(contentOf))
    expect(store.visible()).toHaveLength(1)
  })

  it('leads from an id that is gone to the batch that holds its calls', async () => {
    using store = createSpanStore()
    const [emission, ...tools] = withOtlpIds(turn(1, 't')) as [SpanFacts, ...SpanFacts[]]
    store.send(tools)
    store.wait(200)
    store.work()
    quieten(store)
    const [alone] = store.final()
    expect(alone?.evidence).toBe('overlap')
    store.send([emission])
    store.wait(200)
    store.work()
    quieten(store)
    const [whole] = store.final()
    expect(store.final()).toHaveLength(1)
    expect(whole?.evidence).toBe('call-id')
    const answer = await createReads(store.db).getBatch(alone?.batchId ?? '', 0)
    expect(answer).toMatchObject({ batch_id: whole?.batchId, superseded_by: whole?.batchId })
  })

  it('joins traces that a call id holds together, though both were assembled apart before', () => {
    using store = createSpanStore()
    const calls = ['a#call_joined00x7f3k9q', 'b#call_joined00y7f3k9q']
    const emission = model({ id: 'm', trace: 'one', at: [0, 100], emits: calls })
    const tools = calls.map((call, i) => tool({ id: `t${i}`, trace: 'two', at: [110, 200 + i], call }))
    const after = model({
      id: 'n',
      trace: 'one',
      at: [400, 500],
      emits: [],
      sees: calls.map((c) => returned(c)),
    })
    const spans = withOtlpIds([emission, ...tools, after])
    for (const span of spans) {
      store.send([span])
      store.wait(200)
      store.work()
    }
    quieten(store)
    expect(store.final().map(contentOf)).toEqual(expectedOf(spans))
  })
})

describe('the buffer', () => {
  it('counts what it has and takes a repeated span for one', async () => {
    using store = createSpanStore()
    const spans = withOtlpIds(turn(1, 't'))
    store.send(spans)
    store.send([...spans, ...withOtlpIds(turn(2, 't'))])
    const receipt = await createReads(store.db).getOtlpReceipt()
    expect(receipt).toMatchObject({ spans: 6, duplicates: 3, buffered_spans: 6 })
    expect(receipt.buffered_bytes).toBeGreaterThan(1_000)
  })

  it('lets a run go whole when its time is over; what was final stays as it was', async () => {
    using store = createSpanStore()
    const spans = withOtlpIds(turn(1, 't'))
    store.send(spans)
    store.wait(200)
    store.work()
    quieten(store)
    const before = store.final()
    store.wait(KEEP_MS)
    store.work()
    for (const table of ['spans', 'span_keys', 'components', 'assembled'])
      expect(store.db.prepare(`select count(*) from ${table}`).pluck().get(), table).toBe(0)
    store.send(spans.slice(0, 2))
    store.wait(200)
    store.work()
    quieten(store)
    expect(store.final()).toEqual(before)
    expect(store.visible()).toEqual(before)
    expect(store.faults).toEqual([])
    const receipt = await createReads(store.db).getOtlpReceipt()
    expect(receipt).toMatchObject({ late: 2, provisional_batches: 0 })
  })

  it('makes room by letting go of what is final, and refuses when nothing is', () => {
    using store = createSpanStore({ maxBytes: 20_000 })
    expect(() => {
      for (let n = 1; n < 100; n++) store.send(withOtlpIds(turn(n, `t${n}`)))
    }).toThrow('The span buffer is full.')
    store.wait(200)
    store.work()
    quieten(store)
    const count = store.final().length
    expect(count).toBeGreaterThan(5)
    store.send(withOtlpIds(turn(200, 't200')))
    store.wait(200)
    store.work()
    quieten(store)
    expect(store.final()).toHaveLength(count + 1)
  })
})
