import { expect, test } from 'vitest'
import type { Overview } from '#lib/contract/reads.ts'
import { describeDurationChange, describeShareChange } from './change.ts'
import { prepareFigures } from './overview-figures.ts'

const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR

const sums: Overview['now'] = {
  batches: 10,
  calls: 40,
  failures: 1,
  cancelled: 0,
  never_ran: 0,
  overlap_efficiency: 0.931,
  efficiency_n: 8,
  saved_ms: 60_000,
  wall_p50_ms: 400,
  wall_p95_ms: 1860,
}
const nothing: Overview['now'] = {
  ...sums,
  batches: 0,
  calls: 0,
  failures: 0,
  overlap_efficiency: null,
  efficiency_n: 0,
  saved_ms: 0,
  wall_p50_ms: null,
  wall_p95_ms: null,
}
const turn = { model_ms: 0, waiting_ms: 0, exposed_ms: 0, idle_ms: 0, turns: 0 }
const bin = (hour: number, value = sums) => ({ from: hour * HOUR, to: (hour + 1) * HOUR, ...value, ...turn })

function overview(change: Partial<Overview>): Overview {
  return {
    now: sums,
    last_week: null,
    series: [bin(0), bin(1), bin(2)],
    last_week_series: [],
    completeness: { emitted: 0, recorded: 0, duplicates: 0, conflicts: 0, rejected: 0 },
    effective_from: null,
    effective_to: null,
    ...change,
  }
}

const figureOf = (answer: Overview, key: string, asOfMs = 3 * HOUR) =>
  prepareFigures(answer, asOfMs, 'in 24 h').find((figure) => figure.key === key)

test('a figure is compared with the same time last week', () => {
  const lastWeek = { ...sums, overlap_efficiency: 0.957, wall_p95_ms: 1650, failures: 1 }
  const answer = overview({ last_week: lastWeek })
  expect(figureOf(answer, 'efficiency')).toMatchObject({
    change: { direction: 'down', text: '2.6 pp' },
    note: 'last week 95.7 %',
  })
  expect(figureOf(answer, 'wall-p95')?.change).toEqual({ direction: 'up', text: '210 ms' })
  expect(figureOf(answer, 'failing')?.change).toEqual({ direction: 'none', text: 'unchanged' })
})

test('a sum is not compared with a week that was recorded in part', () => {
  const week = (hour: number) => ({ ...bin(hour), from: hour * HOUR - WEEK, to: (hour + 1) * HOUR - WEEK })
  const part = overview({ last_week: sums, last_week_series: [week(2)] })
  expect(figureOf(part, 'saved')).toMatchObject({ change: null, note: 'last week recorded in part' })
  expect(figureOf(part, 'efficiency')?.note).toBe('last week 93.1 %')
  const whole = overview({ last_week: sums, last_week_series: [week(0), week(1), week(2)] })
  expect(figureOf(whole, 'saved')).toMatchObject({
    change: { direction: 'none' },
    note: 'last week 1 min 00 s',
  })
})

test('without a week before, what the figure rests on is said instead', () => {
  expect(figureOf(overview({}), 'efficiency')).toMatchObject({ change: null, note: 'mean of 8 batches' })
  expect(figureOf(overview({}), 'saved')).toMatchObject({ change: null, note: 'in 24 h' })
  expect(figureOf(overview({}), 'failing')).toMatchObject({ change: null, note: '1 of 40' })
})

test('a window without batches has words, not zeros', () => {
  const empty = overview({ now: nothing, last_week: sums, series: [bin(0, nothing)] })
  for (const figure of prepareFigures(empty, 3 * HOUR, 'in 24 h')) {
    expect(figure.parts).toBeNull()
    expect(figure.change).toBeNull()
    expect(figure.sparkline.now).toEqual([])
  }
})

test('a sum over a bin that the window cuts does not look like a fall', () => {
  const cut = { ...bin(2), to: 2.5 * HOUR, saved_ms: 10, batches: 20 }
  const half = overview({ series: [bin(0), bin(1), cut] })
  expect(figureOf(half, 'saved')?.sparkline.now[0]).toHaveLength(2)
  expect(figureOf(half, 'wall-p95')?.sparkline.now[0]).toHaveLength(3)
  const underWay = overview({ series: [bin(0), bin(1), bin(2)] })
  expect(figureOf(underWay, 'saved', 2.5 * HOUR)?.sparkline.now[0]).toHaveLength(2)
})

test('a cut bin of few batches is not drawn, a whole one is', () => {
  const cut = { ...bin(2), to: 2.5 * HOUR, batches: 19 }
  const few = overview({ series: [bin(0), bin(1, { ...sums, batches: 1 }), cut] })
  expect(figureOf(few, 'wall-p95')?.sparkline.now[0]).toHaveLength(2)
})

test('a reading pairs a bin with the bin a week before it', () => {
  const { from, to, ...rest } = bin(1)
  const earlier = { ...rest, from: from - WEEK, to: to - WEEK, wall_p95_ms: 900 }
  const readings = figureOf(overview({ last_week_series: [earlier] }), 'wall-p95')?.readings
  expect(readings?.map(({ now, before }) => [now, before])).toEqual([
    ['1.86 s', null],
    ['1.86 s', '900 ms'],
    ['1.86 s', null],
  ])
})

test('figures that print alike have not changed', () => {
  expect(describeShareChange(0.93101, 0.93102)).toEqual({ direction: 'none', text: 'unchanged' })
  expect(describeShareChange(0.00013, 0.00012)).toEqual({ direction: 'up', text: '<0.01 pp' })
  expect(describeDurationChange(100_004, 100_001)).toEqual({ direction: 'none', text: 'unchanged' })
  expect(describeDurationChange(500, 2500)).toEqual({ direction: 'down', text: '2.00 s' })
})
