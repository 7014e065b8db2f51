import type { PercentileRow } from './breakdown.ts'
import { prepareDurationAxis, type ValueAxis } from './value-axis.ts'

/** Percentiles at one whole number: of calls in a batch, or of calls in flight. */
export interface CountPoint {
  readonly count: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly band: readonly [number, number] | null
  readonly n: number
  readonly lowSample: boolean
}

export interface CountModel {
  /** One for every whole number between the first and the last, so that an unseen one is a gap. */
  readonly points: readonly CountPoint[]
  readonly axis: ValueAxis
  readonly ticks: readonly number[]
  readonly latest: CountPoint | null
  /** Numbers that are not drawn: too large, or rare ones beyond the last that is not. */
  readonly hidden: number
}

type CountRow = Pick<PercentileRow, 'n' | 'p50_ms' | 'p95_ms' | 'low_sample'> & { readonly count: number }

/**
 * Percentiles along whole numbers, at most up to `maxCount`. The line ends with the last number that is no low
 * sample, if there are such: its end is what is read. What lies beyond is in the table.
 */
export function prepareByCount(rows: readonly CountRow[], maxCount: number): CountModel {
  const inRange = rows.filter((row) => row.count <= maxCount).sort((a, b) => a.count - b.count)
  const lastSure = inRange.findLastIndex((row) => !row.low_sample)
  const shown = lastSure < 0 ? inRange : inRange.slice(0, lastSure + 1)
  const first = shown[0]?.count ?? 0
  const last = shown.at(-1)?.count ?? -1
  const byCount = new Map(shown.map((row) => [row.count, row]))
  const points = Array.from({ length: last - first + 1 }, (_, index) =>
    toPoint(first + index, byCount.get(first + index)),
  )
  return {
    points,
    axis: prepareDurationAxis(Math.max(0, ...points.map((point) => point.p95Ms ?? point.p50Ms ?? 0)), 3),
    ticks: wholeTicks(first, last),
    latest: points.findLast((point) => point.p50Ms !== null) ?? null,
    hidden: rows.length - shown.length,
  }
}

function toPoint(count: number, row: CountRow | undefined): CountPoint {
  if (row === undefined) return { count, p50Ms: null, p95Ms: null, band: null, n: 0, lowSample: true }
  const { p50_ms: p50Ms, p95_ms: p95Ms, n, low_sample: lowSample } = row
  return { count, p50Ms, p95Ms, band: p50Ms === null || p95Ms === null ? null : [p50Ms, p95Ms], n, lowSample }
}

const MAX_TICKS = 12

function wholeTicks(first: number, last: number): number[] {
  const step = [1, 2, 4, 5, 8, 10, 20, 50, 100].find((size) => (last - first) / size < MAX_TICKS) ?? 1000
  const ticks: number[] = []
  for (let count = first; count <= last; count++) {
    if (count % step === 0 || (count === first && step > 1 && step - (first % step) > step / 2))
      ticks.push(count)
  }
  return ticks
}
