/**
 * Durations counted in bins of equal width on a log scale: bin b > 0 holds [0.1 ms * GAMMA^b, 0.1 ms * GAMMA^(b + 1)),
 * bin 0 also all below and the last one all above. Plain JSON: counts from the first occupied bin on. Counts are
 * kept to two decimals, so that ageing them does not lengthen their text.
 */
export interface LogHistogram {
  /** Sum of the counts. */
  n: number
  /** Bin of `counts[0]`. */
  first: number
  counts: number[]
}

/** Ratio of the upper to the lower bound of a bin. */
export const GAMMA = 1.15
const LOG_GAMMA = Math.log(GAMMA)
const FLOOR_MS = 0.1
const LOG_FLOOR = Math.log(FLOOR_MS)
/** 0.1 ms to an hour. */
export const BINS = Math.ceil((Math.log(3_600_000) - LOG_FLOOR) / LOG_GAMMA)
const LOG_CEILING = LOG_FLOOR + BINS * LOG_GAMMA

export function createLogHistogram(): LogHistogram {
  return { n: 0, first: 0, counts: [] }
}

/** Where a duration lies on the scale: bin plus the share of the bin below it, within [0, BINS). */
export function positionOf(ms: number): number {
  if (!(ms > FLOOR_MS)) return 0
  return Math.min(BINS - 1e-9, (Math.log(ms) - LOG_FLOOR) / LOG_GAMMA)
}

/** The duration in ms at a position of the scale. */
export function durationAt(position: number): number {
  return Math.exp(LOG_FLOOR + position * LOG_GAMMA)
}

/** Natural log of the width in ms that one bin's share of probability has at `ms`, log-uniform within the bin. */
export function logWidthAt(ms: number): number {
  const log = ms > FLOOR_MS ? Math.min(Math.log(ms), LOG_CEILING) : LOG_FLOOR
  return log + Math.log(LOG_GAMMA)
}

export function addToHistogram(histogram: LogHistogram, bin: number, weight = 1): void {
  const { counts } = histogram
  if (counts.length === 0) histogram.first = bin
  while (bin < histogram.first) {
    counts.unshift(0)
    histogram.first--
  }
  const at = bin - histogram.first
  while (counts.length <= at) counts.push(0)
  counts[at] = round((counts[at] ?? 0) + weight)
  histogram.n = round(histogram.n + weight)
}

/** Adds all of `other`, which stays as it is. */
export function mergeHistogram(histogram: LogHistogram, other: LogHistogram): void {
  for (const [i, count] of other.counts.entries()) {
    if (count > 0) addToHistogram(histogram, other.first + i, count)
  }
}

/** Multiplies all counts, drops what is left of single old ones, and trims empty ends. */
export function scaleHistogram(histogram: LogHistogram, factor: number): void {
  const scaled = histogram.counts.map((count) => (count * factor < 0.05 ? 0 : round(count * factor)))
  const from = scaled.findIndex((count) => count > 0)
  if (from < 0) {
    histogram.counts = []
    histogram.n = 0
    return
  }
  histogram.counts = scaled.slice(from, scaled.findLastIndex((count) => count > 0) + 1)
  histogram.first += from
  histogram.n = round(histogram.counts.reduce((sum, count) => sum + count, 0))
}

/** How much of the histogram lies below a position, spread evenly within its bin. */
export function countBelow(histogram: LogHistogram, position: number): number {
  const { counts, first } = histogram
  const bin = Math.floor(position)
  const whole = Math.min(bin - first, counts.length)
  let sum = 0
  for (let i = 0; i < whole; i++) sum += counts[i] as number
  return sum + (counts[bin - first] ?? 0) * (position - bin)
}

/**
 * Count of a bin smoothed by a triangular kernel `reach` bins to each side; what would fall off an end of the
 * scale stays in it, so that the smoothed counts of all bins add up to `n`.
 */
export function smoothCount(histogram: LogHistogram, bin: number, reach: number): number {
  const { counts, first } = histogram
  const full = (reach + 1) * (reach + 1)
  let sum = 0
  const last = Math.min(bin + reach, first + counts.length - 1)
  for (let b = Math.max(bin - reach, first); b <= last; b++) {
    const count = counts[b - first] as number
    if (count > 0) sum += (count * kernelWeight(b, bin, reach)) / full
  }
  return sum
}

/** Weight, of `(reach + 1)^2` in all, that a count in bin `from` gives to bin `to`, reflected at both ends. */
function kernelWeight(from: number, to: number, reach: number): number {
  let weight = Math.max(0, reach + 1 - Math.abs(from - to))
  weight += Math.max(0, reach + 1 - (from + to + 1))
  weight += Math.max(0, reach + 1 - (2 * BINS - 1 - from - to))
  return weight
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
