import { expect, test } from 'vitest'
import { formatFixed } from './fixed.ts'

test('thousands are separated, decimals stand, and nothing is minus zero', () => {
  expect(formatFixed(1201.1, 1)).toBe('1,201.1')
  expect(formatFixed(2137, 0)).toBe('2,137')
  expect(formatFixed(-0.5, 1)).toBe('\u22120.5')
  expect(formatFixed(-0.01, 1)).toBe('0.0')
})
