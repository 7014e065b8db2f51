import { describe, expect, it } from 'vitest'
import { computePercentile } from './percentile.ts'

describe('computePercentile', () => {
  it('is null without values', () => {
    expect(computePercentile([], 0)).toBeNull()
    expect(computePercentile([], 0.5)).toBeNull()
  })

  it('takes the lower of two middle values', () => {
    expect(computePercentile([1, 2, 3, 4], 0.5)).toBe(2)
  })

  it('goes from the least to the greatest', () => {
    expect(computePercentile([1, 2, 3], 0)).toBe(1)
    expect(computePercentile([1, 2, 3], 1)).toBe(3)
  })

  it('takes sorted[⌊p(n - 1)⌋] for the percentiles that are shown', () => {
    const values = Array.from({ length: 101 }, (_, index) => index)
    expect([0.5, 0.95, 0.99].map((p) => computePercentile(values, p))).toEqual([50, 95, 99])
  })
})
