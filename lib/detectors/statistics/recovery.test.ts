import { expect, test } from 'vitest'
import { createRecovery, updateRecovery } from './recovery.ts'

/** Numbers in (0, 1) that are the same in every run (Park and Miller, 1988). */
function lehmer(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Observations until the evidence for the end reaches so many nats; null if it does not within 400. */
function runsUntil(
  nats: number,
  badRate: number,
  seen: { n: number; x: number },
  seed: number,
): number | null {
  const random = lehmer(seed)
  const recovery = createRecovery(seen.n, seen.x, 0)
  for (let i = 1; i <= 400; i++) if (updateRecovery(recovery, random() < badRate, 0.02, i) >= nats) return i
  return null
}

test('after a total regression six good observations end it, after a long one four', () => {
  expect(runsUntil(7.5, 0, { n: 3, x: 3 }, 1)).toBeLessThanOrEqual(6)
  expect(runsUntil(7.5, 0, { n: 30, x: 30 }, 1)).toBeLessThanOrEqual(4)
})

test('a regression of a quarter of the runs does not end by chance within 400 of them', () => {
  const starts = [
    { n: 16, x: 5 },
    { n: 30, x: 8 },
    { n: 8, x: 4 },
  ]
  let ended = 0
  for (let seed = 1; seed <= 100; seed++) {
    for (const start of starts) if (runsUntil(7.5, 0.25, start, seed * 7919) !== null) ended++
  }
  expect(ended).toBeLessThan(0.08 * 300)
})

test('a canary is not over because the old version runs well', () => {
  const recovery = createRecovery(60, 3, 0)
  for (let i = 0; i < 120; i++) expect(updateRecovery(recovery, false, 0.02, i)).toBeLessThan(7.5)
})

test('however small the regression, good observations end it in the end', () => {
  expect(runsUntil(7.5, 0, { n: 40, x: 10 }, 1)).toBeLessThanOrEqual(60)
})
