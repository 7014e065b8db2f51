import { expect, it } from 'vitest'
import { fuzzPipeline } from './testing/otlp-fuzz.ts'
import { fuzzSpanServer } from './testing/otlp-fuzz-server.ts'
import { createRandom } from './testing/random.ts'

/** The trial, `npm run trial:otlp-fuzz`, takes a hundred thousand. */
const REQUESTS = 2_000
const POSTED_REQUESTS = 800
const MAX_MIB = 700

it('makes batches of damaged requests that can be shown, and refuses what it cannot read', () => {
  const { broken, outcomes, batches } = fuzzPipeline(REQUESTS, createRandom(42))
  expect(broken).toEqual([])
  expect([...outcomes.keys()].toSorted()).toEqual(['400', 'in part', 'whole'])
  expect(batches).toBeGreaterThan(REQUESTS / 4)
})

it('answers every damaged request so that an exporter understands it, and keeps good runs among them as they were', async () => {
  const { broken, statuses, goodRuns, otherBatches, peakMiB } = await fuzzSpanServer(
    POSTED_REQUESTS,
    createRandom(43),
  )
  expect(broken).toEqual([])
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([])
  expect(peakMiB ?? 0).toBeLessThan(MAX_MIB)
  expect([goodRuns, otherBatches].map((count) => count > 20)).toEqual([true, true])
})
