import { expect, test } from 'vitest'
import type { Overview } from '#lib/contract/reads.ts'
import { prepareByCount } from './by-count.ts'
import { describeCompleteness } from './completeness.ts'
import { compareSizes, overviewRowSpan, tabulateOverview, tabulateSizes } from './overview-tables.ts'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

const sums: Overview['now'] = {
  batches: 4,
  calls: 16,
  failures: 1,
  cancelled: 0,
  never_ran: 0,
  overlap_efficiency: 0.9,
  efficiency_n: 4,
  saved_ms: 800,
  wall_p50_ms: 100,
  wall_p95_ms: 200,
}
const none = {
  ...sums,
  batches: 0,
  calls: 0,
  overlap_efficiency: null,
  saved_ms: 0,
  wall_p50_ms: null,
  wall_p95_ms: null,
}
const parts = { model_ms: 400, waiting_ms: 4, exposed_ms: 100, idle_ms: 0, turns: 4 }
const overview: Overview = {
  now: sums,
  last_week: sums,
  series: [
    { from: WEEK, to: WEEK + HOUR, ...sums, ...parts },
    { from: WEEK + HOUR, to: WEEK + 2 * HOUR, ...none, ...parts, turns: 0 },
  ],
  last_week_series: [{ from: 0, to: HOUR, ...sums, wall_p95_ms: 150 }],
  completeness: { emitted: 0, recorded: 0, duplicates: 0, conflicts: 0, rejected: 0 },
  effective_from: null,
  effective_to: null,
}

test('the table holds the means and figures of each bin, newest first, with the week before', () => {
  const { columns, rows } = tabulateOverview(overview, 'UTC', WEEK)
  expect(rows.map((row) => row.length)).toEqual([columns.length, columns.length])
  expect(rows[1]?.map((cell) => cell.text)).toEqual([
    '8 Jan 00:00 to 01:00',
    '4',
    '100 ms',
    '1.00 ms',
    '25.0 ms',
    '0 ms',
    '90 %',
    '90 %',
    '800 ms',
    '200 ms',
    '150 ms',
    '6.25 %',
  ])
  expect(overviewRowSpan(overview, 1)).toEqual({ fromMs: WEEK, toMs: WEEK + HOUR })
})

test('a bin without turns has words and empty fields, not zeros', () => {
  const [empty] = tabulateOverview(overview, 'UTC', WEEK).rows
  expect(empty?.slice(2).map((cell) => cell.raw)).toEqual(['', '', '', '', '', '', '', '', '', ''])
})

test('sizes are compared between the smallest and the largest of two calls or more', () => {
  const size = (count: number, p50: number, n = 50) => ({
    count,
    n,
    p50_ms: p50,
    p95_ms: p50 * 2,
    low_sample: n < 20,
  })
  const model = prepareByCount([size(1, 10), size(2, 100), size(5, 130), size(9, 900, 3)], 24)
  expect(compareSizes(model)).toEqual({ fromSize: 2, fromMs: 100, toSize: 5, toMs: 130 })
  expect(compareSizes(prepareByCount([size(1, 10), size(2, 100)], 24))).toBeNull()
  expect(
    tabulateSizes({
      sizes: [{ size: 2, batches: 3, p50_ms: null, p95_ms: null, p99_ms: null }],
      effective_from: null,
      effective_to: null,
    }).rows[0]?.[2],
  ).toEqual({ text: 'none ran', raw: '' })
})

test('completeness names what is missing and what was refused, and only that', () => {
  const say = (completeness: Partial<Overview['completeness']>, neverRan = 0) =>
    describeCompleteness({
      now: { ...sums, never_ran: neverRan },
      completeness: { ...overview.completeness, ...completeness },
    })
  expect(say({})).toEqual(['nobody said how many calls were emitted'])
  expect(say({ emitted: 9, recorded: 9 })).toEqual(['every emitted call recorded'])
  expect(say({ emitted: 10_000, recorded: 9_998, duplicates: 3, rejected: 1 }, 14)).toEqual([
    '2 of 10,000 emitted calls missing (0.02 %)',
    '14 never ran',
    'ever: 3 sent twice, 1 rejected',
  ])
})
