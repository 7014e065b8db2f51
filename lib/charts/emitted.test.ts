import { expect, test } from 'vitest'
import { prepareEmitted, tabulateEmitted } from './emitted.ts'

const HOUR_MS = 3_600_000
const seriesOf = (values: readonly (number | null)[]) =>
  values.map((value, i) => ({
    from: i * HOUR_MS,
    to: (i + 1) * HOUR_MS,
    turns: value === null ? 0 : 10,
    calls_per_turn: value,
  }))

test('a model that stops emitting several calls ends lower than it began', () => {
  const [row] = prepareEmitted([{ model: 'm', series: seriesOf([3, 3, 2, 1, 1, 1, 1, 1]) }])
  expect(row).toMatchObject({ model: 'm', turns: 80, first: 3, last: 1 })
  expect(row?.sparkline.end?.y).toBe(1)
})

test('lines share a scale, and a step without turns is a gap', () => {
  const [high, low] = prepareEmitted([
    { model: 'high', series: seriesOf([5, 5, 5, 5]) },
    { model: null, series: seriesOf([1, null, null, null]) },
  ])
  expect(high?.sparkline.end?.y).toBe(0)
  expect(low).toMatchObject({ model: 'unknown', first: 1, last: 1 })
  expect(low?.sparkline.now).toHaveLength(1)
  expect(prepareEmitted([{ model: 'm', series: seriesOf([null]) }])[0]).toMatchObject({
    first: null,
    last: null,
  })
})

test('the table holds every step with its turns', () => {
  const table = tabulateEmitted([{ model: 'm', series: seriesOf([2, null]) }], 'UTC')
  expect(table.rows.map((row) => row.map(({ raw }) => raw).slice(1))).toEqual([
    [2, 10],
    ['', 0],
  ])
})
