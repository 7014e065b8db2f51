import type { LatencyView } from './latency-view.ts'
import { BINS } from './log-histogram.ts'

/** A reference distribution laid out for reading many bins of it at once. Part of a state, so rounded. */
export interface LatencyShape {
  /** Calls of the key's own behind it. */
  readonly n: number
  /** ln of each bin's probability, in hundredths. */
  readonly logs: readonly number[]
  /** Position on the scale (see log-histogram.ts) of the middle, and half of what lies between 16 % and 84 %. */
  readonly median: number
  readonly spread: number
  /** Mean and standard deviation of a call's clipped distance from the middle, in spreads. */
  readonly bias: number
  readonly deviation: number
  /** Position above which one call in seven lies. */
  readonly slow: number
}

const HUNDREDTHS = 100
/** Distances count up to so many spreads: single outliers say little about the rest. */
const CLIP = 2.5
/** A nearly constant duration still moves by a bin. */
const MIN_SPREAD = 1
const SLOW = 6 / 7

export function createLatencyShape(view: LatencyView): LatencyShape {
  const shares = Array.from({ length: BINS }, (_, bin) => view.share(bin))
  const median = positionBelow(shares, 0.5)
  const spread = Math.max(MIN_SPREAD, (positionBelow(shares, 0.84) - positionBelow(shares, 0.16)) / 2)
  let bias = 0
  let square = 0
  for (const [bin, share] of shares.entries()) {
    const distance = clip((bin + 0.5 - median) / spread)
    bias += share * distance
    square += share * distance * distance
  }
  return {
    n: view.n,
    logs: shares.map((share) => Math.round(Math.log(share) * HUNDREDTHS)),
    median: round(median),
    spread: round(spread),
    bias: round(bias),
    deviation: Math.max(0.1, round(Math.sqrt(Math.max(0, square - bias * bias)))),
    slow: round(positionBelow(shares, SLOW)),
  }
}

/** ln of a bin's probability; below the scale there is next to nothing. */
export function logShareOf(shape: LatencyShape, bin: number): number {
  return bin < 0 ? -20 : (shape.logs[bin] ?? -2000) / HUNDREDTHS
}

/** How far a duration at `position` lies from the usual: mean 0 and variance 1 while nothing changes, bounded. */
export function scoreOf(shape: LatencyShape, position: number): number {
  return (clip((position - shape.median) / shape.spread) - shape.bias) / shape.deviation
}

function clip(distance: number): number {
  return Math.min(CLIP, Math.max(-CLIP, distance))
}

function positionBelow(shares: readonly number[], p: number): number {
  let sum = 0
  for (const [bin, share] of shares.entries()) {
    if (sum + share >= p) return bin + (p - sum) / share
    sum += share
  }
  return shares.length
}

function round(value: number): number {
  return Math.round(value * HUNDREDTHS) / HUNDREDTHS
}
