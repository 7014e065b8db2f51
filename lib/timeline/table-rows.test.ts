import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { prepareTable, tableDecimals, toTabSeparated } from './table-rows.ts'
import { anyRows, makeRows } from './testing/calls.ts'

test('every segment is in exactly one table row, with its times unrounded', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const table = prepareTable(rows)
      expect(new Set(table.map((row) => row.key)).size).toBe(table.length)
      const timed = table
        .filter((row) => row.startUs !== null)
        .map(({ callId, startUs, endUs }) => [callId, startUs, endUs])
      const segments = rows.flatMap((row) =>
        row.segments.map(({ startUs, endUs }) => [row.callId, startUs, endUs]),
      )
      expect(timed).toEqual(segments)
      expect(new Set(table.map((row) => row.callId))).toEqual(new Set(rows.map((row) => row.callId)))
    }),
  )
})

test('as text, no cell holds a tab or a line break, and none can be read as a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (tool, callId) => {
      const text = toTabSeparated(prepareTable(makeRows([makeCall({ tool, callId })])))
      const lines = text.split('\n')
      expect(lines.length).toBe(2)
      const cells = lines[1]?.split('\t') ?? []
      expect(cells.length).toBe(lines[0]?.split('\t').length)
      for (const cell of [cells[1], cells.at(-1)]) expect(cell).not.toMatch(/^[=+\-@]/)
    }),
  )
})

test('a call that never ran has a row of words and no times', () => {
  const table = prepareTable(makeRows([makeCall({ startUs: null, durationUs: null, outcome: 'never-ran' })]))
  expect(table).toMatchObject([{ outcome: 'never-ran', attempt: null, startUs: null, endUs: null }])
  expect(toTabSeparated(table).split('\n')[1]?.split('\t').slice(3, 9)).toEqual([
    '',
    'never-ran',
    '',
    '',
    '',
    '',
  ])
})

test('times of a table have as many decimals as the finest of them needs', () => {
  const table = (startUs: number) => prepareTable(makeRows([makeCall({ startUs, durationUs: 1000 })]))
  expect([1000, 1100, 1110, 1111].map((us) => tableDecimals(table(us)))).toEqual([0, 1, 2, 3])
})
