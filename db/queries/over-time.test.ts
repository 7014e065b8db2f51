import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import { batchHistogramSchema, type Overview, overviewSchema } from '#lib/contract/reads.ts'
import { computeTurnTime } from '#lib/intervals/turn-time.ts'
import { matchesFilter } from './testing/brute-force.ts'
import { randomBatches } from './testing/random-batches.ts'
import { createTempStore, createTickingClock, type TempStore } from './testing/temp-store.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
const FROM_MS = 1_780_000_000_000
const NOW_MS = FROM_MS + 9 * 24 * HOUR_MS + 1234

let store: TempStore
let current: readonly MeasuredBatch[]

beforeAll(() => {
  store = createTempStore()
  const all = store.ingest(randomBatches({ count: 1600, seed: 11, fromMs: FROM_MS, toMs: NOW_MS - 1 }))
  for (const { batch } of all.filter((_, i) => i % 10 === 0)) store.retract(batch.batchId)
  store.derive()
  current = all.filter((_, i) => i % 10 !== 0)
})
afterAll(() => store.close())

const absolute = fc
  .tuple(fc.integer({ min: FROM_MS - HOUR_MS, max: NOW_MS }), fc.integer({ min: 1, max: 9 * 24 * HOUR_MS }))
  .map(([from, lengthMs]) => ({ from, to: from + lengthMs }))
const windows = fc.oneof(
  absolute,
  fc.constantFrom('1m', '15m', '1h', '3h', '24h', '2d', '7d', '30d').map((range) => ({ range })),
  fc.constant({}),
)
const filters = fc.oneof(
  fc.constant({}),
  fc.constant({ agent: ['planner'] }),
  fc.constant({ model: ['small', 'large'] }),
  fc.constant({ tool: ['search'] }),
  fc.constant({ min_wall_ms: 500 }),
)
const queries = fc
  .tuple(windows, filters as fc.Arbitrary<FilterQuery>)
  .map(([window, filter]): FilterQuery => ({ ...window, ...filter }))

function select({ range: _, ...query }: FilterQuery, fromMs: number | null, toMs: number | null) {
  const window = { ...(fromMs === null ? {} : { from: fromMs }), ...(toMs === null ? {} : { to: toMs }) }
  return current.filter((measured) => matchesFilter(measured, { ...query, ...window }))
}

const isFailing = ({ batch }: MeasuredBatch) =>
  batch.calls.some(({ outcome }) => outcome === 'error' || outcome === 'timeout')
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function expectSums(sums: Overview['now'], batches: readonly MeasuredBatch[]): void {
  const calls = batches.flatMap(({ batch }) => batch.calls)
  const count = (...outcomes: string[]) => calls.filter(({ outcome }) => outcomes.includes(outcome)).length
  const efficiencies = batches.flatMap(({ measures }) =>
    measures.serialization === null ? [] : 1 - measures.serialization,
  )
  expect(sums).toMatchObject({
    batches: batches.length,
    calls: calls.length,
    failures: count('error', 'timeout'),
    cancelled: count('cancelled'),
    never_ran: count('never-ran'),
    efficiency_n: efficiencies.length,
  })
  expect(sums.saved_ms).toBeCloseTo(sum(batches.map(({ measures }) => measures.hiddenUs ?? 0)) / 1000, 3)
  if (efficiencies.length === 0) expect(sums.overlap_efficiency).toBeNull()
  else expect(sums.overlap_efficiency).toBeCloseTo(sum(efficiencies) / efficiencies.length, 5)
}

describe('getOverview', () => {
  it('sums the batches of a window and of the same window a week before, each split into touching steps', async () => {
    const reads = store.read()
    let compared = 0
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const overview = await reads.getOverview(query, NOW_MS)
        expect(overviewSchema.parse(overview)).toEqual(overview)
        const { effective_from: from, effective_to: to, now, last_week, series, last_week_series } = overview
        expectSums(now, select(query, from, to))
        expect(series.length).toBeLessThanOrEqual(60)
        expect(sum(series.map((step) => step.batches))).toBe(now.batches)
        for (const step of series) {
          const batches = select(query, step.from, step.to)
          expectSums(step, batches)
          const times = batches.flatMap(({ batch }) => computeTurnTime(batch) ?? [])
          expect(step.turns).toBe(times.length)
          expect(step.exposed_ms).toBeCloseTo(sum(times.map((time) => time.exposedUs)) / 1000, 3)
          expect(step.model_ms).toBeCloseTo(sum(times.map((time) => time.modelUs ?? 0)) / 1000, 3)
        }
        if (last_week === null) {
          expect(last_week_series).toEqual([])
          if (from !== null) expect(select(query, from - WEEK_MS, (to ?? NOW_MS) - WEEK_MS)).toEqual([])
          return
        }
        compared += 1
        expectSums(last_week, select(query, (from as number) - WEEK_MS, (to ?? NOW_MS) - WEEK_MS))
        expect(sum(last_week_series.map((step) => step.batches))).toBe(last_week.batches)
      }),
      { numRuns: 80 },
    )
    expect(compared).toBeGreaterThan(10)
  })

  it('takes whole hours when the edges hold too much, and a week before that differs by no more than 5 %', async () => {
    const reads = store.read({ limits: { edgeRows: 0 } })
    await fc.assert(
      fc.asyncProperty(absolute, async (query) => {
        const overview = await reads.getOverview(query, NOW_MS)
        const { effective_from: from, effective_to: to, now, last_week, last_week_series } = overview
        if (from !== query.from) expect((from as number) % HOUR_MS).toBe(0)
        if (to !== query.to) expect((to as number) % HOUR_MS).toBe(0)
        expectSums(now, select(query, from, to))
        if (last_week === null) return
        const [first, last] = [last_week_series[0]?.from as number, last_week_series.at(-1)?.to as number]
        expect(Math.abs(last - first - ((to as number) - (from as number)))).toBeLessThanOrEqual(
          0.05 * ((to as number) - (from as number)),
        )
        expectSums(last_week, select(query, first, last))
      }),
      { numRuns: 30 },
    )
  })

  it('tells what was sent twice and what was refused', async () => {
    const [first] = current
    if (first === undefined) throw new Error('there are batches')
    const { batch } = first
    const again = (agent: string) => ({
      batch_id: batch.batchId,
      agent,
      started_at: batch.startedAtUs / 1000,
      calls: [{ call_id: 'c', tool: 't', outcome: 'never-ran' as const }],
    })
    store.ingest([again('a'), { ...again('b'), batch_id: '' }])
    const { completeness } = await store.read().getOverview({}, NOW_MS)
    expect(completeness).toMatchObject({ duplicates: 0, conflicts: 1, rejected: 1 })
    const told = current.filter((measured) => measured.batch.emittedCalls !== null)
    expect(completeness.emitted).toBe(sum(told.map((measured) => measured.batch.emittedCalls as number)))
    expect(completeness.recorded).toBe(sum(told.map((measured) => measured.measures.size)))
  })

  it('is all zero over an empty store', async () => {
    const empty = createTempStore()
    const overview = await empty.read().getOverview({}, NOW_MS)
    expect(overviewSchema.parse(overview)).toEqual(overview)
    expect(overview).toMatchObject({ now: { batches: 0, wall_p95_ms: null }, last_week: null })
    empty.close()
  })
})

describe('getHistogram', () => {
  it.each([
    ['', {}],
    [', cut short by its time too', { limits: { scanMs: 20 }, monotonicMs: createTickingClock() }],
  ])('counts the batches between the bounds of every bin, under any filter%s', async (_, options) => {
    const reads = store.read(options)
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const histogram = await reads.getHistogram(query, NOW_MS)
        expect(batchHistogramSchema.parse(histogram)).toEqual(histogram)
        const { bins, total, effective_from: from, effective_to: to } = histogram
        expect(bins.length).toBeLessThanOrEqual(96)
        expect(total).toBe(select(query, from, to).length)
        expect(total).toBe(sum(bins.map((bin) => bin.batches)))
        for (const [i, bin] of bins.entries()) {
          const batches = select(query, bin.from, bin.to)
          expect(bin).toMatchObject({ batches: batches.length, failing: batches.filter(isFailing).length })
          expect(bin.to).toBe(bins[i + 1]?.from ?? bin.to)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('has empty bins over an empty store, and under a name that was never recorded', async () => {
    const empty = createTempStore()
    expect(await empty.read().getHistogram({ range: '1h' }, NOW_MS)).toMatchObject({ total: 0 })
    expect(await empty.read().getHistogram({}, NOW_MS)).toMatchObject({ total: 0 })
    empty.close()
    const unheard = await store.read().getHistogram({ range: '24h', agent: ['unheard-of'] }, NOW_MS)
    expect(unheard.total).toBe(0)
    expect(unheard.bins.every((bin) => bin.batches === 0)).toBe(true)
  })
})
