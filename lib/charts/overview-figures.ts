import type { Overview } from '#lib/contract/reads.ts'
import type { FormattedPart } from '#lib/format/duration.ts'
import { formatDuration, formatDurationParts } from '#lib/format/duration.ts'
import { formatCount, formatNoun, formatPercent, formatPercentPart } from '#lib/format/number.ts'
import { type Change, describeDurationChange, describeShareChange } from './change.ts'
import { prepareSparkline, type SparkDomain, type Sparkline, type SparkPoint } from './sparkline.ts'
import { endOfBin, type TimeSpan } from './time-axis.ts'

/** What a pointer over a sparkline reads. */
export interface Reading extends TimeSpan {
  /** Middle of the bin in the width of the sparkline, 0 to 1. */
  readonly x: number
  readonly now: string
  /** Null when nothing was recorded a week earlier. */
  readonly before: string | null
}

/** A headline figure with its trend against the same time a week earlier. */
export interface TrendFigure {
  readonly key: 'efficiency' | 'saved' | 'wall-p95' | 'failing'
  readonly label: string
  /** Null when it could not be computed: `none` says so. */
  readonly parts: readonly FormattedPart[] | null
  readonly none: string
  /** Null when there is nothing to compare with. */
  readonly change: Change | null
  readonly note: string
  readonly sparkline: Sparkline
  readonly readings: readonly Reading[]
}

type Sums = Overview['now']
type Bin = TimeSpan & { readonly sums: Sums }

/** How one figure follows from sums, and how it is told. */
interface Measure {
  readonly key: TrendFigure['key']
  readonly label: string
  readonly none: string
  readonly valueOf: (sums: Sums) => number | null
  readonly parts: (value: number) => readonly FormattedPart[]
  readonly text: (value: number) => string
  readonly change: (now: number, before: number) => Change
  /** What stands behind the figure when there is no week before. */
  readonly basis: (sums: Sums, window: string) => string
  readonly domain: SparkDomain
  /** Grows with the length of its bin, so a bin that the window cuts says nothing. */
  readonly isSum?: boolean
}

const percentOf = (share: number) => [formatPercentPart(share)]

const MEASURES: readonly Measure[] = [
  {
    key: 'efficiency',
    label: 'Overlap efficiency',
    none: 'not defined',
    valueOf: (sums) => sums.overlap_efficiency,
    parts: percentOf,
    text: formatPercent,
    change: describeShareChange,
    basis: (sums) =>
      sums.efficiency_n === 0
        ? 'no batch that could overlap'
        : `mean of ${formatNoun(sums.efficiency_n, 'batch', 'batches')}`,
    domain: { floor: 0, ceiling: 1, minSpan: 0.1 },
  },
  {
    key: 'saved',
    label: 'Saved by parallel mode at most, estimate',
    none: 'none',
    valueOf: (sums) => (sums.batches === 0 ? null : sums.saved_ms),
    parts: formatDurationParts,
    text: formatDuration,
    change: describeDurationChange,
    basis: (_sums, window) => window,
    domain: { floor: 0, minSpan: 1, fromFloor: true },
    isSum: true,
  },
  {
    key: 'wall-p95',
    label: 'Batch wall p95',
    none: 'none',
    valueOf: (sums) => sums.wall_p95_ms,
    parts: formatDurationParts,
    text: formatDuration,
    change: describeDurationChange,
    basis: (sums) => (sums.wall_p50_ms === null ? '' : `p50 ${formatDuration(sums.wall_p50_ms)}`),
    domain: { floor: 0, minSpan: 1, fromFloor: true },
  },
  {
    key: 'failing',
    label: 'Failing calls',
    none: 'no calls',
    valueOf: (sums) => (sums.calls === 0 ? null : sums.failures / sums.calls),
    parts: percentOf,
    text: formatPercent,
    change: describeShareChange,
    basis: (sums) => `${formatCount(sums.failures)} of ${formatCount(sums.calls)}`,
    domain: { floor: 0, ceiling: 1, minSpan: 0.02, fromFloor: true },
  },
]

const WEEK_MS = 7 * 86_400_000

/** A bin that the window cuts needs this many batches to be drawn: a few would look like a change. */
const MIN_BATCHES = 20

/**
 * The four figures of the overview. The first and last bin are cut by the window: a sum over a part of a bin
 * is left out of its sparkline, where it would look like a fall, and so is any part of a bin with too few
 * batches. `asOfMs` is the time of the answer, before which the last bin ends at the latest; `window` is the
 * span in words.
 */
export function prepareFigures(overview: Overview, asOfMs: number, window: string): TrendFigure[] {
  const bins = overview.series.map(({ from, to, ...sums }) => ({
    fromMs: from,
    toMs: endOfBin({ from, to }, asOfMs),
    sums,
  }))
  const before = overview.last_week_series.map(({ from, to, ...sums }) => ({
    fromMs: from + WEEK_MS,
    toMs: to + WEEK_MS,
    sums,
  }))
  const span = { fromMs: bins[0]?.fromMs ?? 0, toMs: bins.at(-1)?.toMs ?? 0 }
  const stepMs = Math.max(0, ...bins.map(lengthOf))
  return MEASURES.map((measure) => {
    const isShown = (bin: Bin) =>
      lengthOf(bin) === stepMs || (!measure.isSum && bin.sums.batches >= MIN_BATCHES)
    const shown = bins.filter(isShown)
    return {
      ...headline(measure, overview, window),
      sparkline: prepareSparkline(
        points(shown, measure),
        points(before.filter(isShown), measure),
        span,
        measure.domain,
      ),
      readings: readingsOf(shown, before, span, measure),
    }
  })
}

function lengthOf({ fromMs, toMs }: TimeSpan): number {
  return toMs - fromMs
}

function headline(
  measure: Measure,
  overview: Overview,
  window: string,
): Omit<TrendFigure, 'sparkline' | 'readings'> {
  const { now, last_week: lastWeek } = overview
  const value = measure.valueOf(now)
  const before = lastWeek === null ? null : measure.valueOf(lastWeek)
  // A mean of half a week is a mean; a sum of half a week is half a sum.
  const isUneven = measure.isSum === true && before !== null && !isWeekWhole(overview)
  const isCompared = value !== null && before !== null && !isUneven
  const week = isUneven
    ? 'last week recorded in part'
    : before === null
      ? null
      : `last week ${measure.text(before)}`
  const note = week ?? measure.basis(now, window)
  return {
    key: measure.key,
    label: measure.label,
    parts: value === null ? null : measure.parts(value),
    none: measure.none,
    change: isCompared ? measure.change(value, before) : null,
    note,
  }
}

/** True when the week before was recorded from as early on as this one was. */
function isWeekWhole({ series, last_week_series: lastWeek }: Overview): boolean {
  const first = series.find((bin) => bin.batches > 0)
  const firstBefore = lastWeek.find((bin) => bin.batches > 0)
  if (first === undefined || firstBefore === undefined) return false
  return firstBefore.from + WEEK_MS <= first.to
}

function points(bins: readonly Bin[], measure: Measure): SparkPoint[] {
  return bins.map(({ fromMs, toMs, sums }) => ({ fromMs, toMs, value: measure.valueOf(sums) }))
}

function readingsOf(
  bins: readonly Bin[],
  before: readonly Bin[],
  span: TimeSpan,
  measure: Measure,
): Reading[] {
  const weekAgo = new Map(before.map((bin) => [bin.fromMs, bin.sums]))
  const lengthMs = span.toMs - span.fromMs
  return bins.map(({ fromMs, toMs, sums }) => {
    const then = weekAgo.get(fromMs)
    const value = measure.valueOf(sums)
    const old = then === undefined ? null : measure.valueOf(then)
    return {
      fromMs,
      toMs,
      x: lengthMs > 0 ? ((fromMs + toMs) / 2 - span.fromMs) / lengthMs : 0.5,
      now: value === null ? measure.none : measure.text(value),
      before: old === null ? null : measure.text(old),
    }
  })
}
