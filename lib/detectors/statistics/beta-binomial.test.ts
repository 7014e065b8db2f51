import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logBetaBinomial, logTwoRates } from './beta-binomial.ts'

function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i
  return ways
}

const prior = fc.record({
  hits: fc.double({ min: 0.1, max: 30, noNaN: true }),
  misses: fc.double({ min: 0.1, max: 30, noNaN: true }),
})

test('the probabilities of all sequences add up to 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), prior, (n, beta) => {
      let sum = 0
      for (let x = 0; x <= n; x++) sum += choose(n, x) * Math.exp(logBetaBinomial(n, x, beta))
      expect(sum).toBeCloseTo(1, 7)
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('while one rate rules, the expected odds of two are 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }), (n, m) => {
      let sum = 0
      for (let x = 0; x <= n; x++) {
        for (let y = 0; y <= m; y++) {
          const one = logBetaBinomial(n + m, x + y, { hits: 0.5, misses: 0.5 })
          const odds = logTwoRates({ n, x }, { n: m, x: y })
          sum += choose(n, x) * choose(m, y) * Math.exp(one + odds)
        }
      }
      expect(sum).toBeCloseTo(1, 6)
    }),
    { seed: 2, numRuns: 40 },
  )
})

test('three bad ones in a row prove nothing after two good ones, and much after two hundred', () => {
  expect(logTwoRates({ n: 2, x: 0 }, { n: 3, x: 3 })).toBeLessThan(3.5)
  expect(logTwoRates({ n: 200, x: 3 }, { n: 3, x: 3 })).toBeGreaterThan(8)
})
