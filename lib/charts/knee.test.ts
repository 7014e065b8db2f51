import { expect, test } from 'vitest'
import { findKnee, type KneeLevel } from './knee.ts'

const level = (concurrency: number, p50_ms: number | null, n = 500, spread = 2): KneeLevel => ({
  concurrency,
  n,
  p50_ms,
  p95_ms: p50_ms === null ? null : p50_ms * spread,
})

test('the knee is the last level before every higher one is slower by a quarter', () => {
  const levels = [level(1, 100), level(2, 104), level(3, 98), level(4, 101), level(5, 190), level(6, 240)]
  expect(findKnee(levels)).toEqual({ kind: 'knee', at: 4, next: 5, factor: 190 / 104 })
})

test('the order in which levels come does not matter', () => {
  const levels = [level(5, 190), level(1, 100), level(4, 101), level(2, 104)]
  expect(findKnee(levels)).toMatchObject({ kind: 'knee', at: 4, next: 5 })
})

test('a step that comes back down is no knee', () => {
  const levels = [level(1, 100), level(2, 200), level(3, 100), level(4, 102)]
  expect(findKnee(levels)).toMatchObject({ kind: 'flat', fromConcurrency: 1, toConcurrency: 4 })
})

test('steady growth is told as growth, not as a knee', () => {
  const levels = [100, 115, 132, 152, 175].map((p50, index) => level(index + 1, p50))
  expect(findKnee(levels)).toEqual({
    kind: 'gradual',
    fromConcurrency: 1,
    toConcurrency: 5,
    factor: 1.75,
  })
})

test('levels with fewer than twenty calls count for nothing', () => {
  const levels = [level(1, 100), level(2, 100), level(3, 101), level(4, 400, 19), level(5, 400, 3)]
  expect(findKnee(levels)).toMatchObject({ kind: 'flat', toConcurrency: 3 })
  expect(findKnee([level(1, 100), level(2, 300), level(3, 300, 19)])).toEqual({
    kind: 'unsupported',
    levels: 3,
  })
})

test('a step within three standard errors is not named', () => {
  // With twenty calls and a p95 of five times the p50 a median is known to about a quarter.
  const few = [level(1, 100, 20, 5), level(2, 100, 20, 5), level(3, 160, 20, 5)]
  expect(findKnee(few)).toMatchObject({ kind: 'flat' })
  const many = [level(1, 100, 2000, 5), level(2, 100, 2000, 5), level(3, 160, 2000, 5)]
  expect(findKnee(many)).toMatchObject({ kind: 'knee', at: 2, next: 3 })
})

test('missing percentiles and durations of zero are left out', () => {
  expect(findKnee([level(1, 0), level(2, null), level(3, 10), level(4, 10)])).toEqual({
    kind: 'unsupported',
    levels: 3,
  })
  expect(findKnee([])).toEqual({ kind: 'unsupported', levels: 3 })
})
