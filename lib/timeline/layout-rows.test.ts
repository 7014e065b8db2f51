import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldRows } from './fold-rows.ts'
import { chooseDetail, ROW_DENSITIES } from './geometry.ts'
import { layoutRows, rowIndexAt, rowsBetween } from './layout-rows.ts'
import { anyRows } from './testing/calls.ts'

const anyLayout = fc
  .tuple(anyRows, fc.constantFrom(...ROW_DENSITIES), fc.boolean(), fc.boolean())
  .map(([rows, detail, touch, folded]) =>
    layoutRows(
      folded ? foldRows(rows, { open: new Set(), aboveRows: 0, leastMembers: 2 }) : rows,
      detail,
      touch,
    ),
  )

test('rows stack without gap or overlap', () => {
  fc.assert(
    fc.property(anyLayout, ({ rows, tops, geometries, totalHeight }) => {
      expect(tops[0]).toBe(0)
      rows.forEach((_, index) => {
        expect((tops[index + 1] ?? 0) - (tops[index] ?? 0)).toBe(geometries[index]?.rowHeight)
      })
      expect(tops[rows.length]).toBe(totalHeight)
    }),
  )
})

test('the row at a height is the one whose stretch holds it, and null outside of all', () => {
  fc.assert(
    fc.property(anyLayout, fc.double({ min: -50, max: 800, noNaN: true }), (layout, y) => {
      const index = rowIndexAt(layout, y)
      if (index === null) expect(y < 0 || y >= layout.totalHeight).toBe(true)
      else {
        expect(layout.tops[index]).toBeLessThanOrEqual(y)
        expect(layout.tops[index + 1]).toBeGreaterThan(y)
      }
    }),
  )
})

test('rows between two heights are all those of which any part lies between, and no others', () => {
  fc.assert(
    fc.property(
      anyLayout,
      fc.double({ min: -50, max: 800, noNaN: true }),
      fc.double({ min: 0.1, max: 400, noNaN: true }),
      (layout, fromY, height) => {
        const [first, after] = rowsBetween(layout, fromY, fromY + height)
        layout.rows.forEach((_, index) => {
          const inside = (layout.tops[index + 1] ?? 0) > fromY && (layout.tops[index] ?? 0) < fromY + height
          expect(index >= first && index < after).toBe(inside)
        })
      },
    ),
  )
})

test('folds and the slowest sibling keep their full height at every level of detail', () => {
  fc.assert(
    fc.property(anyLayout, ({ rows, geometries }) => {
      rows.forEach((row, index) => {
        if (row.kind === 'fold' || row.slowest) expect(geometries[index]?.detail).toBe('full')
      })
    }),
  )
})

test('the more rows, the lower they start', () => {
  expect([9, 59, 60, 599, 600, 10_000].map(chooseDetail)).toEqual([
    'full',
    'full',
    'dense',
    'dense',
    'line',
    'line',
  ])
})
