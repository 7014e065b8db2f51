import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, makeCall } from './batches.test-util.ts'
import { computeConcurrency, computeConcurrencyAtStart } from './concurrency.ts'

describe('computeConcurrency', () => {
  it('steps where the number of calls in flight changes', () => {
    const calls = [makeCall('a', 0, 10), makeCall('b', 0, 20), makeCall('c', 10, 5), makeCall('d', 30, 0)]
    expect(computeConcurrency(calls)).toEqual([
      { atUs: 0, inFlight: 2 },
      { atUs: 15_000, inFlight: 1 },
      { atUs: 20_000, inFlight: 0 },
    ])
  })

  it('is the number of calls in flight at every instant, and ends at none', () => {
    fc.assert(
      fc.property(batches(), ({ calls }) => {
        const steps = computeConcurrency(calls)
        expect(steps.at(-1)?.inFlight ?? 0).toBe(0)
        for (let us = -10_500; us < 60_000; us += 500) {
          const running = calls.filter(
            ({ startUs, durationUs }) =>
              startUs !== null && startUs <= us && us < startUs + (durationUs ?? 0),
          )
          expect(steps.findLast((step) => step.atUs <= us)?.inFlight ?? 0).toBe(running.length)
        }
      }),
    )
  })
})

describe('computeConcurrencyAtStart', () => {
  it('counts the call itself and the siblings that have started and not ended', () => {
    const calls = [
      makeCall('a', 0, 10),
      makeCall('b', 5, 5),
      makeCall('c', 10, 5),
      makeCall('d', 10, 0),
      makeCall('e', null, null),
    ]
    expect(computeConcurrencyAtStart(calls)).toEqual([1, 2, 1, 2, null])
  })

  it('is the same however many calls there are beside', () => {
    const before = Array.from({ length: 40 }, (_, index) => makeCall(`x${index}`, -100 - index, 1))
    fc.assert(
      fc.property(batches(), ({ calls }) => {
        const few = computeConcurrencyAtStart(calls)
        expect(computeConcurrencyAtStart([...calls, ...before]).slice(0, calls.length)).toEqual(few)
        expect(few.every((count, index) => (count === null) === (calls[index]?.startUs === null))).toBe(true)
      }),
    )
  })
})
