import type { CallRow } from './model.ts'

/*
 * - Ordering is a permutation: every row comes out once, none is changed.
 * - Rows that compare equal keep the order in which the model emitted them.
 * - Calls without times come last wherever the order is one of time.
 */

export const ROW_ORDERS = ['emitted', 'start', 'duration', 'tool'] as const
export type RowOrder = (typeof ROW_ORDERS)[number]

const COMPARE: Record<RowOrder, (a: CallRow, b: CallRow) => number> = {
  emitted: () => 0,
  start: (a, b) => ascending(a.startUs, b.startUs),
  duration: (a, b) => descending(durationUs(a), durationUs(b)),
  tool: (a, b) => byText(a.tool, b.tool),
}

/** `rows` in emission order; the answer is a new array. */
export function orderRows(rows: readonly CallRow[], order: RowOrder): readonly CallRow[] {
  return order === 'emitted' ? rows : rows.toSorted(COMPARE[order])
}

/** First start to last end; null when nothing ran. */
export function durationUs(row: {
  readonly startUs: number | null
  readonly endUs: number | null
}): number | null {
  return row.startUs === null || row.endUs === null ? null : row.endUs - row.startUs
}

function ascending(a: number | null, b: number | null): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  return a - b
}

function descending(a: number | null, b: number | null): number {
  if (a === null || b === null) return ascending(a, b)
  return b - a
}

/** By code unit: the same order in every locale, and fast for ten thousand rows. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
