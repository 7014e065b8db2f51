import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRAIN_US } from '#lib/stats/marginals.ts'
import { type Coverage, coverWindow, nearestHours, widenToHours } from './coverage.ts'
import type { UsWindow } from './filter.ts'

const BASE_HOUR = 497_000
const HOUR_US = GRAIN_US.hour
/** Close to the bounds of hours and days, on them, and anywhere. */
const instant = fc
  .tuple(
    fc.integer({ min: 0, max: 24 * 9 }),
    fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: HOUR_US })),
  )
  .map(([hour, offsetUs]) => (BASE_HOUR + hour) * HOUR_US + offsetUs)
const windows = fc.record({ fromUs: fc.option(instant), toUs: fc.option(instant) })
const coarsest = fc.constantFrom('hour' as const, 'day' as const)

function contains({ fromUs, toUs }: UsWindow, atUs: number): boolean {
  return (fromUs === null || atUs >= fromUs) && (toUs === null || atUs < toUs)
}

function countParts({ stretches, edges }: Coverage, atUs: number): number {
  const inStretch = stretches.filter(({ grain, from, to }) => {
    const grainUs = GRAIN_US[grain]
    return contains({ fromUs: from && from * grainUs, toUs: to && to * grainUs }, atUs)
  })
  return inStretch.length + edges.filter((edge) => contains(edge, atUs)).length
}

describe('coverWindow', () => {
  it('counts every instant of the window once and no other', () => {
    fc.assert(
      fc.property(
        windows,
        coarsest,
        fc.array(instant, { minLength: 1, maxLength: 30 }),
        (window, grain, instants) => {
          const coverage = coverWindow(window, grain)
          for (const atUs of instants) expect(countParts(coverage, atUs)).toBe(contains(window, atUs) ? 1 : 0)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('leaves edges that are short, and not empty', () => {
    fc.assert(
      fc.property(windows, coarsest, (window, grain) => {
        for (const { fromUs, toUs } of coverWindow(window, grain).edges) {
          expect((toUs as number) - (fromUs as number)).toBeGreaterThan(0)
          expect((toUs as number) - (fromUs as number)).toBeLessThan(2 * HOUR_US)
        }
      }),
    )
  })

  it('has no edges and holds the whole window when that is widened to hours', () => {
    fc.assert(
      fc.property(windows, coarsest, (window, grain) => {
        const widened = widenToHours(window)
        expect(coverWindow(widened, grain).edges).toEqual([])
        expect(widened.fromUs ?? 0).toBeLessThanOrEqual(window.fromUs ?? 0)
        expect(widened.toUs ?? 0).toBeGreaterThanOrEqual(window.toUs ?? 0)
      }),
    )
  })

  it('takes days for all time', () => {
    expect(coverWindow({ fromUs: null, toUs: null }, 'day')).toEqual({
      stretches: [{ grain: 'day', from: null, to: null }],
      edges: [],
    })
  })
})

describe('nearestHours', () => {
  it('moves a bound by half an hour at most', () => {
    fc.assert(
      fc.property(instant, (atUs) => {
        const { fromUs } = nearestHours({ fromUs: atUs, toUs: null })
        expect(Math.abs((fromUs as number) - atUs)).toBeLessThanOrEqual(HOUR_US / 2)
      }),
    )
  })
})
