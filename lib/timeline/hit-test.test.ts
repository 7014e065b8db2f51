import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hitSegment } from './hit-test.ts'
import { anyRows } from './testing/calls.ts'

test('a point inside an attempt hits one that holds it; outside, the nearest within the tolerance', () => {
  fc.assert(
    fc.property(
      anyRows,
      fc.integer({ min: -2_000_000, max: 6_000_000 }),
      fc.nat(100_000),
      (rows, us, tolerance) => {
        for (const row of rows) {
          const hit = hitSegment(row, us, tolerance)
          const distances = row.segments.map(({ startUs, endUs }) => Math.max(startUs - us, us - endUs, 0))
          const nearest = Math.min(...distances, Number.POSITIVE_INFINITY)
          if (hit === null) expect(nearest).toBeGreaterThan(tolerance)
          else expect(distances[hit]).toBe(nearest)
        }
      },
    ),
  )
})
