import { expect, it } from 'vitest'
import { DEFAULT_FALSE_ALARMS, FALSE_ALARMS_RANGE, toSensitivity } from './sensitivity.ts'

it('costs one nat for every e-fold fewer false alarms, and nothing at the default', () => {
  expect(toSensitivity(DEFAULT_FALSE_ALARMS).extraNats).toBe(0)
  expect(toSensitivity(DEFAULT_FALSE_ALARMS / Math.E).extraNats).toBeCloseTo(1, 12)
  expect(toSensitivity(DEFAULT_FALSE_ALARMS * Math.E).extraNats).toBeCloseTo(-1, 12)
})

it('leaves even at its loosest more to be proved than a likelihood ratio of ten to one', () => {
  const lowestThreshold = 9
  expect(lowestThreshold + toSensitivity(FALSE_ALARMS_RANGE.max).extraNats).toBeGreaterThan(Math.log(10))
})
