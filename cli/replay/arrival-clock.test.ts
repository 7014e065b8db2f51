import { expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { ArrivalClock } from './arrival-clock.ts'

const START_MS = 1_790_000_000_000
const HOUR_MS = 3_600_000

/** When batches that end at these times, in ms from the start, are taken to have arrived. */
function arrivals(endsMs: readonly number[]): number[] {
  const arrived: number[] = []
  const clock = new ArrivalClock((_, atMs) => arrived.push(atMs - START_MS))
  for (const [i, endMs] of endsMs.entries()) {
    const call = { call_id: 'c', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 50 } as const
    const batch: IngestBatch = {
      batch_id: `${i}`,
      agent: 'a',
      started_at: START_MS + endMs - 50,
      calls: [call],
    }
    clock.push(batch)
  }
  clock.end()
  return arrived
}

const steady = (count: number) => Array.from({ length: count }, (_, i) => i * 1000)

it('takes a batch to arrive when it ends', () => {
  expect(arrivals(steady(60))).toEqual(steady(60))
})

it('never goes back for a batch that comes late', () => {
  const ends = [...steady(30), 3_000, ...steady(60).slice(30)]
  expect(arrivals(ends)).toEqual([...steady(30), 29_000, ...steady(60).slice(30)])
})

it('is not led into the future by a batch that a wrong clock dates there', () => {
  const ends = [...steady(30), 999 * HOUR_MS, ...steady(90).slice(30)]
  const arrived = arrivals(ends)
  expect(arrived).toHaveLength(ends.length)
  expect(Math.max(...arrived.slice(0, -12))).toBeLessThanOrEqual(89_000)
  expect(arrived.at(-1)).toBe(89_000)
})

it('crosses a weekend at once', () => {
  const ends = [...steady(40), ...steady(40).map((ms) => ms + 60 * HOUR_MS)]
  expect(arrivals(ends)).toEqual(ends)
})
