import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import {
  batchSizesSchema,
  facetsSchema,
  siblingsSchema,
  type Tool,
  toolDetailSchema,
  toolListSchema,
} from '#lib/contract/reads.ts'
import { computeConcurrencyAtStart } from '#lib/intervals/concurrency.ts'
import type { Call } from '#lib/model/batch.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { concurrencyKey, SIZE_BANDS, sizeBandKey } from '#lib/stats/marginals.ts'
import { computePercentile } from '#lib/stats/percentile.ts'
import { matchesFilter } from './testing/brute-force.ts'
import { randomBatches } from './testing/random-batches.ts'
import { createTempStore, createTickingClock, type TempStore } from './testing/temp-store.ts'

const HOUR_MS = 3_600_000
const FROM_MS = Math.floor(1_780_000_000_000 / (24 * HOUR_MS)) * 24 * HOUR_MS + 5 * HOUR_MS
const TO_MS = FROM_MS + 60 * HOUR_MS
const NOW_MS = TO_MS + 1

let store: TempStore
let current: readonly MeasuredBatch[]

beforeAll(() => {
  store = createTempStore()
  const all = store.ingest(randomBatches({ count: 1500, seed: 7, fromMs: FROM_MS, toMs: TO_MS }))
  store.derive()
  const retracted = all.filter((_, i) => i % 8 === 0)
  for (const { batch } of retracted) store.retract(batch.batchId)
  store.derive()
  current = all.filter((_, i) => i % 8 !== 0)
})
afterAll(() => store.close())

const instant = fc.oneof(
  fc.integer({ min: -2, max: 62 }).map((hour) => FROM_MS + hour * HOUR_MS),
  fc.integer({ min: FROM_MS - HOUR_MS, max: TO_MS + HOUR_MS }),
)
const windows = fc
  .record({ from: instant, to: instant }, { requiredKeys: [] })
  .filter(({ from, to }) => from === undefined || to === undefined || from <= to)
const some = (...values: string[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const agent = some('planner', 'coder', 'reviewer', 'unheard-of')
const environment = some('prod', 'staging')
const version = some('1.0', '1.1', '2.0')
const kept: fc.Arbitrary<FilterQuery> = fc.oneof(
  fc.constant({}),
  fc.record({ agent }),
  fc.record({ environment }),
  fc.record({ agent, environment }),
  fc.record({ version }),
)
const scanned = fc.oneof(
  fc.record({ agent, version }),
  fc.record({ tool: some('search', 'rare-1'), environment }),
  fc.record({ mode: fc.constant(['serial']) }),
  fc.record({ min_size: fc.constant(3) }),
  fc.record({ model: some('small', 'large') }),
) as fc.Arbitrary<FilterQuery>
const queryOf = (filters: fc.Arbitrary<FilterQuery>): fc.Arbitrary<FilterQuery> =>
  fc.tuple(windows, filters).map(([window, filter]) => ({ ...window, ...filter }))

const select = (query: FilterQuery) => current.filter((measured) => matchesFilter(measured, query))
const sorted = (values: readonly number[]) => Float64Array.from(values).sort()

/** Every call of a tool in some batches. */
function callsOf(batches: readonly MeasuredBatch[], tool: string): Call[] {
  return batches.flatMap(({ batch }) => batch.calls.filter((call) => call.tool === tool))
}

function expectNear(actualMs: number | null, exactUs: number | null): void {
  if (exactUs === null) expect(actualMs).toBeNull()
  else expect(Math.abs((actualMs as number) * 1000 - exactUs)).toBeLessThanOrEqual(exactUs * 0.01)
}

type Row = Pick<Tool, 'calls' | 'n' | 'p50_ms' | 'p95_ms' | 'p99_ms' | 'low_sample'>

function expectRow(row: Row, calls: readonly Call[]): void {
  const durations = sorted(calls.flatMap(({ durationUs }) => durationUs ?? []))
  expect(row).toMatchObject({ calls: calls.length, n: durations.length, low_sample: durations.length < 20 })
  expectNear(row.p50_ms, computePercentile(durations, 0.5))
  expectNear(row.p95_ms, computePercentile(durations, 0.95))
  expectNear(row.p99_ms, computePercentile(durations, 0.99))
}

/** The ledger of a tool by a look at every batch. */
function ledgerOf(batches: readonly MeasuredBatch[], tool: string) {
  const counted = batches.filter(
    ({ batch, measures }) =>
      (batch.mode === null || batch.mode === 'parallel') &&
      measures.slowest !== null &&
      batch.calls.some((call) => call.tool === tool),
  )
  const slowest = counted.filter(
    ({ batch, measures }) => batch.calls[measures.slowest as number]?.tool === tool,
  )
  const blockedUs = slowest.map(({ measures }) => measures.blockedUs as number)
  return { batches: counted.length, slowest: slowest.length, blockedUs }
}

function expectTools(tools: readonly Tool[], batches: readonly MeasuredBatch[]): void {
  const names = new Set(batches.flatMap(({ batch }) => batch.calls.map((call) => call.tool)))
  expect(new Set(tools.map(({ tool }) => tool))).toEqual(names)
  for (const tool of tools) {
    const calls = callsOf(batches, tool.tool)
    expectRow(tool, calls)
    const counts = OUTCOMES.map((outcome) => [
      outcome,
      calls.filter((call) => call.outcome === outcome).length,
    ])
    expect(tool.outcomes).toEqual(Object.fromEntries(counts))
    const ledger = ledgerOf(batches, tool.tool)
    expect(tool.slowest_share).toBe(ledger.batches === 0 ? null : ledger.slowest / ledger.batches)
    expect(tool.blocked_ms * 1000).toBeCloseTo(
      ledger.blockedUs.reduce((sum, us) => sum + us, 0),
      3,
    )
  }
}

describe('listTools', () => {
  it.each([
    ['kept aggregates cover', kept],
    ['the log is scanned for', scanned],
  ])('is exact to the bounds of any window under filters that %s', async (_, filters) => {
    const reads = store.read()
    await fc.assert(
      fc.asyncProperty(queryOf(filters), async (query) => {
        const list = await reads.listTools(query, NOW_MS)
        expect(toolListSchema.parse(list)).toEqual(list)
        expect(list).toMatchObject({ effective_from: query.from ?? null, effective_to: query.to ?? null })
        expectTools(list.tools, select(query))
      }),
      { numRuns: 60 },
    )
  })

  it('says which whole hours it covers when the edges hold too much to be read', async () => {
    const reads = store.read({ limits: { edgeRows: 0 } })
    await fc.assert(
      fc.asyncProperty(queryOf(kept), async (query) => {
        const { tools, effective_from, effective_to } = await reads.listTools(query, NOW_MS)
        expect(effective_from ?? 0).toBeLessThanOrEqual(query.from ?? 0)
        expect(effective_to ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(
          query.to ?? Number.POSITIVE_INFINITY,
        )
        const { from: _from, to: _to, ...filter } = query
        const from = effective_from ?? undefined
        const to = effective_to ?? undefined
        expectTools(tools, select({ ...filter, ...(from && { from }), ...(to && { to }) }))
      }),
      { numRuns: 30 },
    )
  })

  it('says from when on it is exact when a scan is cut short', async () => {
    const reads = store.read({ limits: { scanMs: 30 }, monotonicMs: createTickingClock() })
    let cut = 0
    await fc.assert(
      fc.asyncProperty(queryOf(scanned), async (query) => {
        const { tools, effective_from } = await reads.listTools(query, NOW_MS)
        if (effective_from !== (query.from ?? null)) cut += 1
        expectTools(tools, select({ ...query, ...(effective_from === null ? {} : { from: effective_from }) }))
      }),
      { numRuns: 60 },
    )
    expect(cut).toBeGreaterThan(10)
  })

  it('comes in order of calls', async () => {
    const { tools } = await store.read().listTools({}, NOW_MS)
    expect(tools.map(({ calls }) => calls)).toEqual(tools.map(({ calls }) => calls).sort((a, b) => b - a))
  })
})

describe('listSiblings', () => {
  it('is the ledger of the batches of the filter', async () => {
    const reads = store.read()
    await fc.assert(
      fc.asyncProperty(queryOf(fc.oneof(kept, scanned)), async (query) => {
        const answer = await reads.listSiblings(query, NOW_MS)
        expect(siblingsSchema.parse(answer)).toEqual(answer)
        const batches = select(query)
        for (const sibling of answer.siblings) {
          const ledger = ledgerOf(batches, sibling.tool)
          expect(sibling).toMatchObject({ batches: ledger.batches, slowest: ledger.slowest })
          expectNear(sibling.blocked_p50_ms, computePercentile(sorted(ledger.blockedUs), 0.5))
        }
        const slowest = batches.filter(
          ({ batch, measures }) => measures.slowest !== null && (batch.mode ?? 'parallel') === 'parallel',
        )
        expect(answer.siblings.reduce((sum, sibling) => sum + sibling.slowest, 0)).toBe(slowest.length)
      }),
      { numRuns: 30 },
    )
  })
})

describe('listBatchSizes', () => {
  it('has the wall times of each exact size', async () => {
    const reads = store.read()
    await fc.assert(
      fc.asyncProperty(queryOf(fc.oneof(kept, scanned)), async (query) => {
        const answer = await reads.listBatchSizes(query, NOW_MS)
        expect(batchSizesSchema.parse(answer)).toEqual(answer)
        const batches = select(query)
        expect(answer.sizes.reduce((sum, size) => sum + size.batches, 0)).toBe(batches.length)
        for (const { size, batches: count, p95_ms } of answer.sizes) {
          const ofSize = batches.filter(({ measures }) => measures.size === size)
          expect(count).toBe(ofSize.length)
          expectNear(
            p95_ms,
            computePercentile(sorted(ofSize.flatMap(({ measures }) => measures.wallUs ?? [])), 0.95),
          )
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('getTool', () => {
  it('splits the same calls in every way, in any window and under any filter', async () => {
    const reads = store.read()
    await fc.assert(
      fc.asyncProperty(
        queryOf(fc.oneof(kept, scanned)),
        fc.constantFrom('search', 'rare-1'),
        async (query, tool) => {
          const detail = await reads.getTool(tool, query, NOW_MS)
          expect(toolDetailSchema.parse(detail)).toEqual(detail)
          if (detail === null) throw new Error('the tool was called')
          expect(detail.breakdowns_from).toBe(detail.effective_from)
          const batches = select(query)
          const calls = callsOf(batches, tool)
          expectRow(detail, calls)
          expect(detail.series.reduce((sum, step) => sum + step.calls, 0)).toBe(calls.length)
          for (const { from, to, ...row } of detail.series) {
            expectRow(row, callsOf(select({ ...query, from, to }), tool))
          }
          for (const { size_band, ...row } of detail.by_size) {
            const ofBand = batches.filter(
              ({ measures }) => SIZE_BANDS[sizeBandKey(measures.size)] === size_band,
            )
            expectRow(row, callsOf(ofBand, tool))
          }
          for (const { agent: name, ...row } of detail.by_agent) {
            expectRow(
              row,
              callsOf(
                batches.filter(({ batch }) => batch.agent === name),
                tool,
              ),
            )
          }
          for (const { version: name, ...row } of detail.by_version) {
            expectRow(
              row,
              callsOf(
                batches.filter(({ batch }) => batch.version === name),
                tool,
              ),
            )
          }
          for (const { outcome, ...row } of detail.by_outcome) {
            expectRow(
              row,
              calls.filter((call) => call.outcome === outcome),
            )
          }
          for (const { concurrency, ...row } of detail.by_concurrency) {
            const beside = batches.flatMap(({ batch }) => {
              const inFlight = computeConcurrencyAtStart(batch.calls)
              return batch.calls.filter((_, i) => concurrencyKey(inFlight[i] ?? 0) === concurrency)
            })
            expectRow(
              row,
              beside.filter((call) => call.tool === tool),
            )
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('lists the slowest calls of the window, slowest first', async () => {
    const reads = store.read()
    await fc.assert(
      fc.asyncProperty(queryOf(fc.oneof(kept, scanned)), async (query) => {
        const detail = await reads.getTool('search', query, NOW_MS)
        const durations = sorted(
          callsOf(select(query), 'search').flatMap(({ durationUs }) => durationUs ?? []),
        ).reverse()
        const shown = detail?.slowest_calls.map((call) => call.duration_ms * 1000) ?? []
        expect(shown.length).toBe(Math.min(10, durations.length))
        expect(shown).toEqual([...shown].sort((a, b) => b - a))
        if (query.from === undefined && query.to === undefined && Object.keys(query).length === 0) {
          expect(shown).toEqual([...durations.slice(0, 10)])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is null for a tool that nobody ever called', async () => {
    expect(await store.read().getTool('unheard-of', {}, NOW_MS)).toBeNull()
  })
})

describe('listFacets', () => {
  it('lists what was used, most used first, and every name without a window', async () => {
    const facets = await store.read().listFacets({}, NOW_MS)
    expect(facetsSchema.parse(facets)).toEqual(facets)
    const count = (name: string) => current.filter(({ batch }) => batch.agent === name).length
    expect(facets.agents).toEqual(['planner', 'coder', 'reviewer'].sort((a, b) => count(b) - count(a)))
    expect([...facets.versions].sort()).toEqual(['1.0', '1.1', '2.0'])
    expect([...facets.models].sort()).toEqual(['large', 'small'])
    expect(facets.tools).toHaveLength(
      new Set(current.flatMap(({ signature }) => signature.map(({ tool }) => tool))).size,
    )
  })

  it('lists nothing for a window in which nothing ran', async () => {
    const facets = await store.read().listFacets({ from: 1, to: 2 }, NOW_MS)
    expect(facets).toEqual({ agents: [], environments: [], versions: [], models: [], tools: [] })
  })
})
