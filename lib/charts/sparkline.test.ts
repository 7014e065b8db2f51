import { expect, test } from 'vitest'
import { prepareSparkline, type SparkPoint } from './sparkline.ts'

const series = (...values: (number | null)[]): SparkPoint[] =>
  values.map((value, index) => ({ fromMs: index * 10, toMs: index * 10 + 10, value }))
const span = { fromMs: 0, toMs: 40 }
const fromZero = { floor: 0, minSpan: 1, fromFloor: true }

test('a missing value is a gap, never a zero', () => {
  const { now, end } = prepareSparkline(series(2, null, 4, 1), [], span, fromZero)
  expect(now).toEqual([
    [{ x: 0.125, y: 0.5 }],
    [
      { x: 0.625, y: 0 },
      { x: 0.875, y: 0.75 },
    ],
  ])
  expect(end).toEqual({ x: 0.875, y: 0.75 })
})

test('nothing measured is nothing drawn', () => {
  expect(prepareSparkline(series(null, null), [], span, fromZero)).toEqual({ now: [], before: [], end: null })
})

test('both series share one scale', () => {
  const { now, before } = prepareSparkline(series(1, 1), series(4, 4), span, fromZero)
  expect(now[0]?.[0]?.y).toBe(0.75)
  expect(before[0]?.[0]?.y).toBe(0)
})

test('noise is kept small by the least span, inside the bounds of the domain', () => {
  const shares = { floor: 0, ceiling: 1, minSpan: 0.1 }
  const high = prepareSparkline(series(0.99, 1), [], span, shares).now[0]
  expect(high?.[0]?.y).toBeCloseTo(0.1)
  expect(high?.[1]?.y).toBeCloseTo(0)
  const middle = prepareSparkline(series(0.5, 0.5), [], span, shares).now[0]
  expect(middle?.[0]?.y).toBeCloseTo(0.5)
  const low = prepareSparkline(series(0, 0.01), [], span, shares).now[0]
  expect(low?.[0]?.y).toBeCloseTo(1)
  expect(low?.[1]?.y).toBeCloseTo(0.9)
})
