/** Percentiles of one part of a tool's calls, as the read API gives them. */
export interface PercentileRow {
  readonly calls: number
  readonly n: number
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly low_sample: boolean
}

/** The p50-p95 band of a row within the width of its column, 0 to 1. */
export interface RangeBar {
  readonly p50: number
  readonly p95: number
  /** Null when it lies beyond the scale. */
  readonly p99: number | null
}

export type RangeRow<Row> = Row & { readonly bar: RangeBar | null }

export interface Breakdown<Row> {
  readonly rows: readonly RangeRow<Row>[]
  /** Rows left out because they had the fewest calls. */
  readonly hidden: number
}

/**
 * The `top` rows with the most calls in their given order, with bars on one linear scale from zero that ends
 * at the longest p95: a rare p99 far out would press everything else together.
 */
export function prepareBreakdown<Row extends PercentileRow>(
  rows: readonly Row[],
  top = Number.POSITIVE_INFINITY,
): Breakdown<Row> {
  const kept = new Set(rows.toSorted((a, b) => b.calls - a.calls).slice(0, top))
  const shown = rows.filter((row) => kept.has(row))
  const maxMs = Math.max(0, ...shown.map((row) => row.p95_ms ?? 0))
  return {
    rows: shown.map((row) => ({ ...row, bar: linearBar(row, maxMs) })),
    hidden: rows.length - shown.length,
  }
}

function linearBar(row: PercentileRow, maxMs: number): RangeBar | null {
  if (row.p50_ms === null || row.p95_ms === null || maxMs <= 0) return null
  const p99 = row.p99_ms === null || row.p99_ms > maxMs ? null : row.p99_ms / maxMs
  return { p50: row.p50_ms / maxMs, p95: row.p95_ms / maxMs, p99 }
}

/** A logarithmic scale in whole decades, for rows that differ by orders of magnitude. */
export interface DecadeScale {
  readonly ticks: readonly { readonly ms: number; readonly x: number; readonly label: string }[]
  readonly barOf: (row: PercentileRow) => RangeBar | null
}

const DECADE_LABELS = [
  '1 \u00b5s',
  '10 \u00b5s',
  '100 \u00b5s',
  '1 ms',
  '10 ms',
  '100 ms',
  '1 s',
  '10 s',
  '100 s',
]
const FIRST_DECADE = -3
/** More decades than this and a band is too short to be read: the fastest share the left edge. */
const MAX_DECADES = 5

/** The decades that hold the p50 to p99 of every row; null when no row has percentiles. */
export function prepareDecades(rows: readonly PercentileRow[]): DecadeScale | null {
  const values = rows.flatMap((row) => [row.p50_ms, row.p95_ms, row.p99_ms].filter((ms) => ms !== null))
  const positive = values.filter((ms) => ms > 0)
  if (positive.length === 0) return null
  const top = Math.max(FIRST_DECADE + 1, Math.ceil(Math.log10(Math.max(...positive)) - 1e-9))
  const lowest = Math.floor(Math.log10(Math.min(...positive)) + 1e-9)
  const bottom = Math.max(FIRST_DECADE, top - MAX_DECADES, Math.min(lowest, top - 1))
  const place = (ms: number) =>
    ms <= 0 ? 0 : Math.min(1, Math.max(0, (Math.log10(ms) - bottom) / (top - bottom)))
  return {
    ticks: Array.from({ length: top - bottom + 1 }, (_, index) => ({
      ms: 10 ** (bottom + index),
      x: index / (top - bottom),
      label: DECADE_LABELS[bottom + index - FIRST_DECADE] ?? `1e${bottom + index} ms`,
    })),
    barOf: ({ p50_ms: p50, p95_ms: p95, p99_ms: p99 }) =>
      p50 === null || p95 === null
        ? null
        : { p50: place(p50), p95: place(p95), p99: p99 === null ? null : place(p99) },
  }
}
