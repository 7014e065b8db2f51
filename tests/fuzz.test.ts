import { expect, it } from 'vitest'
import { fuzzServer } from './testing/fuzz-server.ts'
import { createRandom } from './testing/random.ts'

/** The trial, `npm run trial:crash`, sends ten thousand. */
const REQUESTS = 2_000
const MAX_MIB = 700

it('answers no hostile request with a fault of its own, stays small, and keeps the good batches in them', async () => {
  const finding = await fuzzServer(REQUESTS, createRandom(42))
  expect(finding.broken).toEqual([])
  expect([...finding.statuses.keys()].filter((status) => status >= 500)).toEqual([])
  expect(finding.peakMiB ?? 0).toBeLessThan(MAX_MIB)
  expect(finding.acknowledged).toBeGreaterThan(REQUESTS / 4)
})
