import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScale } from './scale.ts'
import { columnLevels, levelAt, meanLevel, prepareSteps } from './steps.ts'
import { anyRows, anyWindow } from './testing/calls.ts'

test('the level at a time is the number of stretches that hold it', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: -2_000_000, max: 6_000_000 }), (rows, us) => {
      const stretches = rows.flatMap((row) => row.segments)
      const holding = stretches.filter(({ startUs, endUs }) => startUs <= us && us < endUs).length
      expect(levelAt(prepareSteps(stretches), us)).toBe(holding)
    }),
  )
})

test('a column holds the highest level of its stretch, so that no peak is lost', () => {
  fc.assert(
    fc.property(anyRows, anyWindow, fc.integer({ min: 1, max: 40 }), (rows, window, width) => {
      const steps = prepareSteps(rows.flatMap((row) => row.segments))
      const scale = createScale(window, width)
      const levels = columnLevels(steps, scale, new Float64Array(width))
      steps.atUs.forEach((us, index) => {
        const column = Math.floor((us - window.fromUs) / scale.usPerPx + 1e-9)
        const seen = Math.max(levels[column] ?? 0, levels[column - 1] ?? 0, levels[column + 1] ?? 0)
        if (column >= 0 && column < width) expect(seen).toBeGreaterThanOrEqual(steps.level[index] ?? 0)
      })
      for (const level of levels) expect(level >= 0 && level <= steps.peak).toBe(true)
    }),
  )
})

test('an instant at which one ends and another starts counts neither twice', () => {
  const steps = prepareSteps([
    { startUs: 0, endUs: 10 },
    { startUs: 10, endUs: 20 },
  ])
  expect(steps).toEqual({ atUs: [0, 20], level: [1, 0], peak: 1 })
  expect(meanLevel(steps)).toBe(1)
})

test('without stretches there is no mean', () => {
  expect(meanLevel(prepareSteps([]))).toBeNull()
  expect(meanLevel(prepareSteps([{ startUs: 5, endUs: 5 }]))).toBeNull()
})
