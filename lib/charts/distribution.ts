import type { EffectSize } from '#lib/contract/alerts.ts'
import { formatPercent } from '#lib/format/number.ts'
import { prepareAxis, prepareDurationAxis, type ValueTick } from './value-axis.ts'

/*
 * Two samples of one measure over each other.
 *
 * - Bins are even, cover [0, max] and hold every value: what lies beyond the axis counts in its last bin.
 * - Each sample is told in shares of itself, so that 100 values compare with 2,000.
 * - Medians are by lower nearest rank, like every percentile here.
 */

export interface DistributionBin {
  readonly from: number
  readonly to: number
  /** Share of its own sample, 0 to 1. */
  readonly before: number
  readonly after: number
}

export interface Distribution {
  readonly bins: readonly DistributionBin[]
  /** The highest share of any bin; above 0 unless both samples are empty. */
  readonly peak: number
  readonly max: number
  readonly ticks: readonly ValueTick[]
  readonly medianBefore: number | null
  readonly medianAfter: number | null
}

const FEWEST_BINS = 12
const MOST_BINS = 40
/** The longest values of a sample would press all others into one bin. */
const AXIS_QUANTILE = 0.99
/** Below this nothing is measured: times are whole microseconds. */
const LEAST = 1e-6

export function prepareDistribution(
  before: readonly number[],
  after: readonly number[],
  unit: EffectSize['unit'],
): Distribution {
  const { max, ticks } = prepareValueAxis([...before, ...after], unit)
  const count = Math.round(
    Math.min(MOST_BINS, Math.max(FEWEST_BINS, 2 * Math.sqrt(Math.max(before.length, after.length)))),
  )
  const width = max / count
  const sharesBefore = binShares(before, count, width)
  const sharesAfter = binShares(after, count, width)
  const bins = sharesBefore.map((share, index) => ({
    from: index * width,
    to: (index + 1) * width,
    before: share,
    after: sharesAfter[index] ?? 0,
  }))
  return {
    bins,
    peak: Math.max(...sharesBefore, ...sharesAfter),
    max,
    ticks,
    medianBefore: median(before),
    medianAfter: median(after),
  }
}

/** An axis from 0 for values of a measure; shares end at 1 where they all do. */
export function prepareValueAxis(
  values: readonly number[],
  unit: EffectSize['unit'],
): { readonly max: number; readonly ticks: readonly ValueTick[] } {
  const sorted = [...values].sort((a, b) => a - b)
  const most = sorted.at(-1) ?? 0
  if (unit === 'ratio' && most <= 1) return SHARES
  const reach = Math.max(0, sorted[Math.floor(AXIS_QUANTILE * (sorted.length - 1))] ?? 0)
  const wanted = reach > 0 && most > 2 * reach ? reach * 1.1 : most
  const high = wanted < LEAST ? 0 : wanted
  if (unit === 'ms') return prepareDurationAxis(high)
  const axis = prepareAxis(high)
  if (unit === 'calls') return axis
  return { max: axis.max, ticks: axis.ticks.map(({ value }) => ({ value, label: formatPercent(value) })) }
}

const SHARES = {
  max: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: formatPercent(value) })),
} as const

function binShares(values: readonly number[], count: number, width: number): number[] {
  const shares = new Array<number>(count).fill(0)
  for (const value of values) {
    const bin = Math.min(count - 1, Math.max(0, Math.floor(value / width)))
    shares[bin] = (shares[bin] ?? 0) + 1 / values.length
  }
  return shares
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
