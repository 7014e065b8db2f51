import { type Detail, type RowGeometry, rowGeometry } from './geometry.ts'
import type { Row } from './model.ts'

/*
 * Where each row stands.
 *
 * - Rows stack without gap or overlap: `top[i + 1] = top[i] + height of i`; `top[0]` is 0.
 * - `rowIndexAt` finds the row whose stretch [top, bottom) holds y, and null outside of all rows.
 * - Folds and the slowest sibling keep their full height at every level of detail: they are what a person
 *   looks for in a crowd.
 */

export interface RowLayout {
  readonly rows: readonly Row[]
  /** One longer than the rows: the last entry is the height of them all. */
  readonly tops: Float64Array
  readonly geometries: readonly RowGeometry[]
  readonly totalHeight: number
}

export function layoutRows(rows: readonly Row[], detail: Detail, touch: boolean): RowLayout {
  const full = rowGeometry('full', touch)
  const plain = rowGeometry(detail, touch)
  const tops = new Float64Array(rows.length + 1)
  const geometries: RowGeometry[] = []
  rows.forEach((row, index) => {
    const geometry = row.kind === 'fold' || row.slowest ? full : plain
    geometries.push(geometry)
    tops[index + 1] = (tops[index] ?? 0) + geometry.rowHeight
  })
  return { rows, tops, geometries, totalHeight: tops[rows.length] ?? 0 }
}

export function rowIndexAt(layout: RowLayout, y: number): number | null {
  if (!(y >= 0) || y >= layout.totalHeight) return null
  let low = 0
  let high = layout.rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((layout.tops[middle + 1] ?? 0) <= y) low = middle + 1
    else high = middle
  }
  return low
}

/** Rows of which any part lies between two heights: [first, after last). */
export function rowsBetween(layout: RowLayout, fromY: number, toY: number): readonly [number, number] {
  if (!(toY > 0) || fromY >= layout.totalHeight || layout.rows.length === 0) return [0, 0]
  const first = rowIndexAt(layout, Math.max(0, fromY)) ?? 0
  const last = rowIndexAt(layout, Math.min(layout.totalHeight - 1, toY - 1e-6)) ?? layout.rows.length - 1
  return [first, last + 1]
}
