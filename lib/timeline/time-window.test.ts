import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TimeWindow } from './model.ts'
import { anyWindow } from './testing/calls.ts'
import { clampWindow, fitWindow, isWhole, MIN_SPAN_US, panBy, windowAround, zoomAt } from './time-window.ts'

const anyNumber = fc.oneof(
  fc.double({ min: -1e300, max: 1e300 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
)
const wildWindow = fc.record({ fromUs: anyNumber, toUs: anyNumber })

function isWithin(window: TimeWindow, bounds: TimeWindow): boolean {
  const slackUs = (Math.abs(bounds.fromUs) + Math.abs(bounds.toUs)) * 1e-12
  return window.fromUs >= bounds.fromUs - slackUs && window.toUs <= bounds.toUs + slackUs
}

function expectSound(window: TimeWindow, bounds: TimeWindow) {
  const spanUs = window.toUs - window.fromUs
  const leastUs = Math.min(MIN_SPAN_US, (bounds.toUs - bounds.fromUs) * 0.999)
  expect(Number.isFinite(window.fromUs) && Number.isFinite(window.toUs)).toBe(true)
  expect(isWithin(window, bounds)).toBe(true)
  expect(spanUs).toBeGreaterThanOrEqual(leastUs * 0.999)
}

describe('whatever goes in, what comes out is finite, in order, within the bounds and wide enough', () => {
  test('clamping', () => {
    fc.assert(
      fc.property(wildWindow, anyWindow, (window, bounds) =>
        expectSound(clampWindow(window, bounds), bounds),
      ),
    )
  })

  test('zooming', () => {
    fc.assert(
      fc.property(anyWindow, anyNumber, anyNumber, anyWindow, (window, factor, atUs, bounds) => {
        expectSound(zoomAt(clampWindow(window, bounds), factor, atUs, bounds), bounds)
      }),
    )
  })

  test('panning', () => {
    fc.assert(
      fc.property(anyWindow, anyNumber, anyWindow, (window, byUs, bounds) => {
        expectSound(panBy(window, byUs, bounds), bounds)
      }),
    )
  })

  test('looking around a stretch', () => {
    fc.assert(
      fc.property(anyWindow, anyWindow, (stretch, bounds) =>
        expectSound(windowAround(stretch, bounds), bounds),
      ),
    )
  })

  test('fitting, also an extent in which no time passed and a plot without width', () => {
    fc.assert(
      fc.property(wildWindow, fc.nat(2000), fc.nat(2000), (extent, width, room) => {
        const { fromUs, toUs } = fitWindow(extent, width, room)
        expect(Number.isFinite(fromUs) && Number.isFinite(toUs) && toUs > fromUs).toBe(true)
      }),
    )
  })
})

test('clamping a clamped window changes nothing', () => {
  fc.assert(
    fc.property(anyWindow, anyWindow, (window, bounds) => {
      const once = clampWindow(window, bounds)
      const twice = clampWindow(once, bounds)
      const spanUs = bounds.toUs - bounds.fromUs
      expect(Math.abs(twice.fromUs - once.fromUs)).toBeLessThanOrEqual(spanUs * 1e-6)
      expect(Math.abs(twice.toUs - once.toUs)).toBeLessThanOrEqual(spanUs * 1e-6)
    }),
  )
})

test('zooming keeps the time under the pointer under the pointer, unless the bounds forbid it', () => {
  const bounds = { fromUs: 0, toUs: 1_000_000 }
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (factor, share) => {
        const window = { fromUs: 200_000, toUs: 700_000 }
        const atUs = window.fromUs + share * (window.toUs - window.fromUs)
        const next = zoomAt(window, factor, atUs, bounds)
        expect((atUs - next.fromUs) / (next.toUs - next.fromUs)).toBeCloseTo(share, 6)
      },
    ),
  )
})

test('zooming out as far as it goes shows everything', () => {
  const bounds = { fromUs: -5, toUs: 1_000_000 }
  const out = zoomAt({ fromUs: 400, toUs: 500 }, 1e-9, 450, bounds)
  expect(out).toEqual(bounds)
  expect(isWhole(out, bounds)).toBe(true)
  expect(isWhole({ fromUs: 400, toUs: 500 }, bounds)).toBe(false)
})

test('fitting leaves room for the labels behind the end, but never more than a quarter', () => {
  expect(fitWindow({ fromUs: 0, toUs: 900 }, 1000, 100)).toEqual({ fromUs: 0, toUs: 1000 })
  expect(fitWindow({ fromUs: 0, toUs: 750 }, 100, 92)).toEqual({ fromUs: 0, toUs: 1000 })
})
