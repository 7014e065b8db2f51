import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ChangeInterval,
  computeMeanInterval,
  computeRateInterval,
  computeShiftInterval,
} from './change-interval.ts'

/** A repeatable source of numbers in [0, 1): mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The share of `rounds` in which the interval holds the truth. */
function coverage(truth: number, rounds: number, draw: () => ChangeInterval): number {
  let held = 0
  for (let i = 0; i < rounds; i++) {
    const { low, high } = draw()
    if ((low ?? Number.NEGATIVE_INFINITY) <= truth && truth <= (high ?? Number.POSITIVE_INFINITY)) held += 1
  }
  return held / rounds
}

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 20 })
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })

describe('the interval of a shift', () => {
  it('moves with the shift, turns round with the samples, and holds the middle difference', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const { low, high } = computeShiftInterval(before, after)
        if (low === null || high === null) throw new Error('four values each are enough')
        const back = computeShiftInterval(after, before)
        expect([-(back.high as number), -(back.low as number)].map(String)).toEqual([low, high].map(String))
        const middle = after
          .flatMap((a) => before.map((b) => a - b))
          .sort((x, y) => x - y)
          .at(Math.floor((before.length * after.length) / 2)) as number
        expect(low).toBeLessThanOrEqual(middle)
        expect(high).toBeGreaterThanOrEqual(middle)
      }),
    )
  })

  it('is not moved far by one outlier', () => {
    const before = Array.from({ length: 30 }, (_, i) => 100 + i)
    const after = before.map((value) => value + 50)
    const calm = computeShiftInterval(before, after)
    const wild = computeShiftInterval(before, [...after.slice(1), 1e9])
    expect(Math.abs((wild.high as number) - (calm.high as number))).toBeLessThan(10)
  })

  it('is null where three values each allow none', () => {
    expect(computeShiftInterval([1, 2, 3], [4, 5, 6])).toEqual({ low: null, high: null })
    expect(computeShiftInterval([], [1, 2, 3])).toEqual({ low: null, high: null })
  })

  it('holds the truth in about 95 of 100 cases, also for long tails', () => {
    const random = createRandom(1)
    const tail = () => Math.exp(random() * 4) * 10
    const held = coverage(200, 2_000, () =>
      computeShiftInterval(
        Array.from({ length: 25 }, tail),
        Array.from({ length: 12 }, () => tail() + 200),
      ),
    )
    expect(held).toBeGreaterThan(0.93)
    expect(held).toBeLessThan(0.98)
  })
})

describe('the interval of a difference of rates', () => {
  it("gives Newcombe's own example", () => {
    const rate = (yes: number, n: number) => Array.from({ length: n }, (_, i) => (i < yes ? 1 : 0))
    const { low, high } = computeRateInterval(rate(48, 80), rate(56, 70))
    expect(low).toBeCloseTo(0.0524, 4)
    expect(high).toBeCloseTo(0.3339, 4)
  })

  it('lies within what rates can differ by and holds the difference seen', () => {
    fc.assert(
      fc.property(shares, shares, (before, after) => {
        const { low, high } = computeRateInterval(before, after)
        const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
        const seen = mean(after) - mean(before)
        expect(low).toBeLessThanOrEqual(seen + 1e-9)
        expect(high).toBeGreaterThanOrEqual(seen - 1e-9)
        expect(low).toBeGreaterThanOrEqual(-1.000001)
        expect(high).toBeLessThanOrEqual(1.000001)
      }),
    )
  })

  it('holds the truth in at least 94 of 100 cases, for yes and no and for what lies between', () => {
    const random = createRandom(2)
    const rates = coverage(0.3, 2_000, () =>
      computeRateInterval(
        Array.from({ length: 60 }, () => (random() < 0.05 ? 1 : 0)),
        Array.from({ length: 20 }, () => (random() < 0.35 ? 1 : 0)),
      ),
    )
    const between = coverage(0.25, 2_000, () =>
      computeRateInterval(
        Array.from({ length: 40 }, () => random() * 0.5),
        Array.from({ length: 15 }, () => random()),
      ),
    )
    expect(rates).toBeGreaterThan(0.94)
    expect(between).toBeGreaterThan(0.94)
  })
})

describe('the interval of a difference of means', () => {
  it('holds the truth in about 95 of 100 cases for numbers of calls', () => {
    const random = createRandom(3)
    const held = coverage(-1, 2_000, () =>
      computeMeanInterval(
        Array.from({ length: 40 }, () => 1 + Math.floor(random() * 5)),
        Array.from({ length: 12 }, () => 1 + Math.floor(random() * 3)),
      ),
    )
    expect(held).toBeGreaterThan(0.93)
    expect(held).toBeLessThan(0.98)
  })

  it('is the difference itself where nothing varies, and null of single values', () => {
    expect(computeMeanInterval([3, 3, 3], [1, 1])).toEqual({ low: -2, high: -2 })
    expect(computeMeanInterval([3], [1, 1])).toEqual({ low: null, high: null })
  })
})
