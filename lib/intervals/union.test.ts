import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, makeCall, withPermutation } from './batches.test-util.ts'
import { computeUnion, measureUnion, sumLengths } from './union.ts'

describe('computeUnion', () => {
  it('joins what overlaps or touches and leaves the gaps', () => {
    const calls = [
      makeCall('c', 30, 5),
      makeCall('a', 0, 10),
      makeCall('b', 5, 10),
      makeCall('d', 15, 5),
      makeCall('e', null, null),
    ]
    expect(computeUnion(calls)).toEqual([
      { startUs: 0, endUs: 20_000 },
      { startUs: 30_000, endUs: 35_000 },
    ])
  })

  it('is empty for calls that took no time', () => {
    expect(computeUnion([makeCall('a', 5, 0), makeCall('b', null, null)])).toEqual([])
  })

  it('covers exactly the instants at which a call runs, in disjoint stretches', () => {
    fc.assert(
      fc.property(batches(), ({ calls }) => {
        const union = computeUnion(calls)
        for (const [index, { startUs, endUs }] of union.entries()) {
          expect(endUs).toBeGreaterThan(startUs)
          if (index > 0) expect(startUs).toBeGreaterThan(union[index - 1]?.endUs ?? Number.NaN)
        }
        for (let us = -10_500; us < 60_000; us += 500) {
          const runs = calls.some(
            (call) => (call.startUs ?? 1e9) <= us && us < (call.startUs ?? 1e9) + (call.durationUs ?? 0),
          )
          expect(union.some(({ startUs, endUs }) => startUs <= us && us < endUs)).toBe(runs)
        }
      }),
    )
  })
})

describe('measureUnion', () => {
  it('is the length of the union, whole and from an instant on, whatever the order of the calls', () => {
    fc.assert(
      fc.property(
        withPermutation(),
        fc.integer({ min: -5000, max: 9000 }),
        ([{ calls }, permuted], fromUs) => {
          const union = computeUnion(calls)
          const expected = { unionUs: sumLengths(union), exposedUs: sumLengths(union, fromUs) }
          expect(measureUnion(calls, fromUs)).toEqual(expected)
          expect(measureUnion(permuted.calls, fromUs)).toEqual(expected)
        },
      ),
    )
  })
})
