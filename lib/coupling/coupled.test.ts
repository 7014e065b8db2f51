import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCoupledPairs, type ScopedPair } from './coupled.ts'
import { createPairCounts, type PairCounts } from './observe-pairs.ts'

const pairOf = (first: string, second: string, counts: Partial<PairCounts>): ScopedPair => ({
  agent: 'kyc',
  environment: 'production',
  first,
  second,
  counts: { ...createPairCounts(), ...counts },
})

const world = (beside: [number, number], apart: [number, number]) => [
  pairOf('a', 'a', { together: beside[0] + apart[0], firstFailedApart: beside[1] + apart[1] }),
  pairOf('b', 'b', { together: 1000 }),
  pairOf('a', 'b', { together: beside[0], overlapped: beside[0], firstFailedBeside: beside[1] }),
]

test('a tool that fails beside one sibling and hardly apart from it is told of, with its odds', () => {
  const [pair, ...others] = findCoupledPairs(world([100, 30], [100, 2]))
  expect(others).toEqual([])
  expect(pair).toMatchObject({
    tool: 'a',
    sibling: 'b',
    beside: { batches: 100, failed: 30 },
    apart: { batches: 100, failed: 2 },
    is_identifiable: true,
  })
  expect(pair?.odds_low).toBeGreaterThan(4)
  expect(pair?.odds_high).toBeGreaterThan(pair?.odds_ratio ?? 0)
})

test('a tool that fails as much apart from it is not, nor one that failed twice', () => {
  expect(findCoupledPairs(world([100, 30], [100, 28]))).toEqual([])
  expect(findCoupledPairs(world([4, 2], [1000, 0]))).toEqual([])
})

test('of a pair that nearly always runs together nothing but a hold-out could tell', () => {
  expect(findCoupledPairs(world([1000, 500], [70, 0]))).toMatchObject([
    { is_identifiable: false, suggestion: expect.stringContaining('1 %') },
  ])
})

test('the interval holds the ratio, and other agents change nothing', () => {
  const cell = fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.nat(500))
    .map(([n, x]): [number, number] => [n, Math.min(n, x)])
  fc.assert(
    fc.property(cell, cell, (beside, apart) => {
      const pairs = world(beside, apart)
      const found = findCoupledPairs(pairs)
      for (const pair of found) {
        expect(pair.odds_low).toBeLessThanOrEqual(pair.odds_ratio)
        expect(pair.odds_high).toBeGreaterThanOrEqual(pair.odds_ratio)
        expect(pair.odds_low).toBeGreaterThan(1)
      }
      const elsewhere = world([50, 1], [50, 1]).map((pair) => ({ ...pair, agent: 'other' }))
      expect(findCoupledPairs([...pairs, ...elsewhere])).toEqual(found)
    }),
  )
})
