import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import { type ListQuery, SORT_KEYS } from '#lib/contract/query.ts'
import { batchListSchema } from '#lib/contract/reads.ts'
import { MODES, OUTCOMES } from '#lib/model/vocabulary.ts'
import type { StoreReads } from '../store.ts'
import { matchesFilter } from './testing/brute-force.ts'
import { randomBatches } from './testing/random-batches.ts'
import { createTempStore, createTickingClock, type TempStore } from './testing/temp-store.ts'

const FROM_MS = 1_780_000_000_000
const TO_MS = FROM_MS + 12 * 3_600_000
const NOW_MS = TO_MS + 1000

let store: TempStore
let current: readonly { readonly measured: MeasuredBatch; readonly seq: number }[]

beforeAll(() => {
  store = createTempStore()
  const added = store.ingest(randomBatches({ count: 1200, seed: 1, fromMs: FROM_MS, toMs: TO_MS }))
  const all = added.map((measured, i) => ({ measured, seq: i + 1 }))
  const isRetracted = (seq: number) => seq % 9 === 0
  for (const { measured, seq } of all) if (isRetracted(seq)) store.retract(measured.batch.batchId)
  current = all.filter(({ seq }) => !isRetracted(seq))
})
afterAll(() => store.close())

const some = <T>(values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
const instant = fc.double({ min: FROM_MS - 1e6, max: TO_MS + 1e6, noNaN: true }).map(Math.round)
const tools = ['search', 'read', 'write', 'shell', 'fetch', 'rare-0', 'rare-1', 'rare-2', 'unheard-of']
const filters = {
  from: instant,
  to: instant,
  agent: some(['planner', 'coder', 'reviewer', 'unheard-of']),
  environment: some(['prod', 'staging']),
  version: some(['1.0', '1.1', '2.0']),
  model: some(['small', 'large']),
  mode: some(MODES),
  tool: some(tools),
  tool_match: fc.constantFrom('any' as const, 'all' as const),
  slowest_tool: some(tools),
  outcome: some(OUTCOMES),
  min_size: fc.integer({ min: 0, max: 8 }),
  min_wall_ms: fc.constantFrom(0, 100, 1000.5),
  min_serialization: fc.constantFrom(0, 0.25, 1),
  q: fc.constantFrom('', 'batch-3', 'run-1', 'run-11', 'a', 'ab', '3', 'zzz'),
}
const names = Object.keys(filters) as (keyof typeof filters)[]
/** Few filters at a time, so that something is left; one of tools often, because it has most ways to be run. */
const used = fc
  .tuple(fc.subarray(names, { maxLength: 2 }), fc.boolean())
  .map(([picked, withTools]): (keyof typeof filters)[] =>
    withTools ? [...picked, 'tool', 'tool_match'] : picked,
  )
const queries = fc
  .record({
    all: fc.record(filters),
    used,
    page: fc.record({
      sort: fc.constantFrom(...SORT_KEYS),
      order: fc.constantFrom('asc' as const, 'desc' as const),
      limit: fc.integer({ min: 1, max: 80 }),
    }),
  })
  .map(({ all, used: kept, page }): ListQuery => {
    const filter = Object.fromEntries(kept.map((name) => [name, all[name]]))
    return { ...filter, ...page }
  })

/** The whole list by looking at every batch. */
function listAll(query: ListQuery): string[] {
  const sign = query.order === 'asc' ? 1 : -1
  const value = ({ measured: { batch, measures } }: (typeof current)[number]) =>
    ({
      started_at: batch.startedAtUs,
      wall_ms: measures.wallUs,
      serialization: measures.serialization,
      size: measures.size,
    })[query.sort ?? 'started_at']
  const found = current.filter(({ measured }) => matchesFilter(measured, query))
  return found
    .sort((a, b) => {
      const [x, y] = [value(a), value(b)]
      if (x === y) return sign * (a.seq - b.seq)
      if (x === null || y === null) return x === null ? 1 : -1
      return sign * (x - y)
    })
    .map(({ measured }) => measured.batch.batchId)
}

interface Paged {
  readonly ids: string[]
  readonly pages: number
  readonly shortPages: number
}

async function page(reads: StoreReads, query: ListQuery): Promise<Paged> {
  const ids: string[] = []
  let cursor: string | undefined
  let shortPages = 0
  for (let pages = 1; ; pages++) {
    const list = await reads.listBatches({ ...query, ...(cursor === undefined ? {} : { cursor }) }, NOW_MS)
    expect(list.batches.length).toBeLessThanOrEqual(query.limit ?? 50)
    if (list.scanned_to !== null) {
      shortPages += 1
      expect(list.next_cursor).not.toBeNull()
    }
    ids.push(...list.batches.map((batch) => batch.batch_id))
    if (list.next_cursor === null) return { ids, pages, shortPages }
    cursor = list.next_cursor
  }
}

describe('listBatches', () => {
  it.each([
    ['as it is set up', {}],
    ['when nothing is few enough to be sorted at once', { candidates: 0 }],
    ['when a tool has too many signatures to be merged', { mergedSignatures: 0, candidates: 0 }],
    ['when a tool has too many signatures to be listed', { signatures: 0, candidates: 0 }],
  ])('pages through exactly what a look at every batch finds, in its order, %s', async (_, limits) => {
    const reads = store.read({ limits })
    let found = 0
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const { ids } = await page(reads, query)
        expect(ids).toEqual(listAll(query))
        found += ids.length
      }),
      { numRuns: 60 },
    )
    expect(found).toBeGreaterThan(1500)
  })

  it.each([
    ['', {}],
    [' and nothing is few enough to be sorted at once', { candidates: 0 }],
  ])('repeats and leaves out nothing when every page is cut short by its time%s', async (_, limits) => {
    const reads = store.read({ limits: { ...limits, scanMs: 10 }, monotonicMs: createTickingClock() })
    let shortPages = 0
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const paged = await page(reads, query)
        expect(paged.ids).toEqual(listAll(query))
        shortPages += paged.shortPages
      }),
      { numRuns: 40 },
    )
    expect(shortPages).toBeGreaterThan(100)
  })

  it('answers with every field of the contract', async () => {
    const list = await store.read().listBatches({ limit: 500 }, NOW_MS)
    expect(batchListSchema.parse(list)).toEqual(list)
  })

  it('shows the first 64 calls of a batch and measures all of them', async () => {
    const calls = Array.from({ length: 100 }, (_, n) => ({
      call_id: `c${n}`,
      tool: 'many',
      outcome: 'ok' as const,
      start_ms: 0,
      duration_ms: n,
    }))
    store.ingest([{ batch_id: 'large', agent: 'large', started_at: FROM_MS, calls }])
    const list = await store.read().listBatches({ agent: ['large'] }, NOW_MS)
    expect(list.batches[0]).toMatchObject({
      size: 100,
      calls_truncated: true,
      slowest_call_id: 'c99',
      longest_ms: 99,
    })
    expect(list.batches[0]?.calls).toHaveLength(64)
    store.retract('large')
  })

  it('refuses a cursor of a list in another order', async () => {
    const reads = store.read()
    const { next_cursor: cursor } = await reads.listBatches({ limit: 1 }, NOW_MS)
    await expect(reads.listBatches({ limit: 1, sort: 'size', cursor: cursor ?? '' }, NOW_MS)).rejects.toThrow(
      'cursor',
    )
  })
})
