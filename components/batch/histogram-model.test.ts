import { expect, test } from 'vitest'
import { describeHistogram, snapToBins, spanOf, timeTicks } from './histogram-model.ts'

const HOUR = 3_600_000
const start = Date.UTC(2026, 10, 20)
const histogram = {
  step_ms: HOUR,
  bins: [
    { from: start, to: start + HOUR, batches: 4, failing: 1 },
    { from: start + 2 * HOUR, to: start + 3 * HOUR, batches: 2, failing: 0 },
  ],
  total: 6,
  effective_from: null,
  effective_to: null,
}

test('the axis spans a bounded window even where nothing was recorded', () => {
  const window = { fromMs: start - 10 * HOUR, toMs: start + 20 * HOUR }
  expect(spanOf(histogram, window, start + 30 * HOUR)).toEqual(window)
  expect(spanOf({ ...histogram, bins: [] }, { fromMs: null, toMs: null }, start)).toBe(null)
})

test('an open end reaches at most one bin past the data, not to a now that is months away', () => {
  const open = { fromMs: null, toMs: null }
  expect(spanOf(histogram, open, start + 3.5 * HOUR)).toEqual({ fromMs: start, toMs: start + 3.5 * HOUR })
  expect(spanOf(histogram, open, start + 900 * HOUR)).toEqual({ fromMs: start, toMs: start + 4 * HOUR })
})

test('ticks fall on round times of the zone and midnight is named by its day', () => {
  const span = { fromMs: start - 7 * HOUR, toMs: start + 7 * HOUR }
  expect(timeTicks(span, 'UTC', 5).map((tick) => tick.label)).toEqual([
    '18:00',
    '21:00',
    '20 Nov',
    '03:00',
    '06:00',
  ])
  expect(timeTicks(span, 'Asia/Kolkata', 3).map((tick) => tick.label)).toEqual(['20 Nov', '06:00', '12:00'])
})

test('a drag selects the whole bins that it touches, in either direction', () => {
  const span = { fromMs: start, toMs: start + 5 * HOUR }
  const whole = { fromMs: start + HOUR, toMs: start + 4 * HOUR }
  expect(snapToBins(start + 1.2 * HOUR, start + 3.1 * HOUR, HOUR, span)).toEqual(whole)
  expect(snapToBins(start + 3.1 * HOUR, start + 1.2 * HOUR, HOUR, span)).toEqual(whole)
})

test('the caption names step, peak and what red means', () => {
  expect(describeHistogram(histogram)).toBe('batches per 1 h, peak 4; red: with an error or a timeout')
})
