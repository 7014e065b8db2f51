import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../tests/testing/random.ts'
import { addApart, addDependent, addTogether, createPair, evidenceOfPair } from './pairs.ts'

const DAY_MS = 86_400_000
const NEEDED = 10.5

/** How many of `pairs` reach the threshold within `count` observations. */
function countCrossings(
  pairs: number,
  count: number,
  observe: (chance: (p: number) => boolean) => 'apart' | 'dependent' | 'together',
): number {
  const random = createRandom(7)
  let crossed = 0
  for (let k = 0; k < pairs; k++) {
    const pair = createPair('a', 'b', 0)
    for (let i = 0; i < count; i++) {
      const nowMs = i * 60_000
      const seen = observe((p) => random.chance(p))
      if (seen === 'apart') addApart(pair, `run-${i}`, null, nowMs)
      else if (seen === 'dependent') addDependent(pair, nowMs)
      else addTogether(pair, 1, nowMs)
      if (evidenceOfPair(pair) < NEEDED) continue
      crossed++
      break
    }
  }
  return crossed
}

describe('evidence that a pair could be one batch', () => {
  it('hardly ever comes from a chain of which a fifth looks independent', () => {
    const crossed = countCrossings(400, 1000, (chance) => (chance(0.2) ? 'apart' : 'dependent'))
    // At most one in exp(10.5) observations, after Lorden: 14 of these 400,000.
    expect(crossed).toBeLessThanOrEqual(14)
  })

  it('hardly ever comes from a model that splits a tenth of its steps', () => {
    expect(countCrossings(400, 1000, (chance) => (chance(0.1) ? 'apart' : 'together'))).toBeLessThanOrEqual(
      28,
    )
  })

  it('is complete after eight times in a row', () => {
    const pair = createPair('a', 'b', 0)
    for (let i = 0; i < 8; i++) addApart(pair, `run-${i}`, null, i * 60_000)
    expect(evidenceOfPair(pair)).toBeGreaterThan(NEEDED)
  })

  it('fades where it comes once in a week', () => {
    const pair = createPair('a', 'b', 0)
    for (let i = 0; i < 50; i++) addApart(pair, `run-${i}`, null, i * 7 * DAY_MS)
    expect(evidenceOfPair(pair)).toBeLessThan(NEEDED / 2)
  })
})
