import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyWindow } from './testing/calls.ts'
import { prepareAxis, stepAbove } from './ticks.ts'

const anyWidth = fc.integer({ min: 1, max: 4000 })

test('steps are 1, 2, 2.5 or 5 times a power of ten, and the next finer one would be too narrow', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), (leastUs) => {
      const step = stepAbove(leastUs)
      const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9)
      expect([1, 2, 2.5, 5, 10].some((known) => Math.abs(mantissa - known) < 1e-6)).toBe(true)
      expect(step).toBeGreaterThanOrEqual(leastUs)
      expect(step / 2.5).toBeLessThan(leastUs)
    }),
  )
})

test('two ticks are never closer than the least gap', () => {
  fc.assert(
    fc.property(anyWindow, anyWidth, (window, width) => {
      const { ticks, stepUs } = prepareAxis(window, width)
      expect((stepUs / (window.toUs - window.fromUs)) * width).toBeGreaterThanOrEqual(60 * (1 - 1e-9))
      expect(ticks.length).toBeLessThanOrEqual(width / 60 + 2)
    }),
  )
})

test('every tick lies inside the window, at a whole multiple of the step', () => {
  fc.assert(
    fc.property(anyWindow, anyWidth, (window, width) => {
      const { ticks, stepUs } = prepareAxis(window, width)
      for (const tick of ticks) {
        expect(tick.x).toBeGreaterThanOrEqual(0)
        expect(tick.x).toBeLessThanOrEqual(width)
        const nearest = Math.round(tick.us / stepUs) * stepUs
        expect(Math.abs(tick.us - nearest)).toBeLessThanOrEqual(Math.abs(tick.us) * 1e-12)
      }
    }),
  )
})

test('zero is a tick whenever it is inside', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e9, noNaN: true }),
      fc.double({ min: 1, max: 1e9, noNaN: true }),
      anyWidth,
      (before, after, width) => {
        const { ticks } = prepareAxis({ fromUs: -before, toUs: after }, width)
        expect(ticks.some((tick) => tick.us === 0)).toBe(true)
      },
    ),
  )
})

test('no two labels are the same', () => {
  fc.assert(
    fc.property(anyWindow, anyWidth, (window, width) => {
      const labels = prepareAxis(window, width).ticks.flatMap((tick) => tick.label ?? [])
      expect(new Set(labels).size).toBe(labels.length)
    }),
  )
})

test('labels have the unit and the decimals of the whole axis', () => {
  const labels = (fromUs: number, toUs: number, width = 672) =>
    prepareAxis({ fromUs, toUs }, width).ticks.flatMap((tick) => tick.label ?? [])
  expect(labels(0, 2_430_000)).toEqual(['0', '0.5 s', '1.0 s', '1.5 s', '2.0 s'])
  expect(labels(0, 1.15)).toEqual(['0', '0.2 µs', '0.4 µs', '0.6 µs', '0.8 µs', '1.0 µs'])
  expect(labels(-100_000, 100_000, 400)).toEqual(['\u2212100 ms', '\u221250 ms', '0', '50 ms', '100 ms'])
})

test('a window at the end of floating point has few ticks, and an end', () => {
  for (const fromUs of [1e18, -1e18, 1e300, 2 ** 53]) {
    const { ticks } = prepareAxis({ fromUs, toUs: fromUs + Math.abs(fromUs) * 2 ** -40 }, 672)
    expect(ticks.length).toBeLessThan(20)
  }
})
