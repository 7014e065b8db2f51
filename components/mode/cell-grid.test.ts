import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOutCells } from './cell-grid.ts'

test('any number fits its box, and none is left out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), (count) => {
      const grid = layOutCells(count, 280, 52)
      const pitch = grid.size + grid.gap
      expect(grid.columns * pitch - grid.gap).toBeLessThanOrEqual(280)
      expect(grid.rows * pitch - grid.gap).toBeLessThanOrEqual(52)
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(grid.cells)
      expect(grid.cells * grid.perCell).toBeGreaterThanOrEqual(count)
    }),
  )
})

test('forty make two even rows of large cells', () => {
  expect(layOutCells(40, 280, 52)).toEqual({ size: 10, gap: 4, columns: 20, rows: 2, perCell: 1, cells: 40 })
})
