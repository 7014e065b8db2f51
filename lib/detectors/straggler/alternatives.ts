import { type LatencyShape, logShareOf } from '../latency/latency-shape.ts'

/** A way in which a tool may have become slow: a share of its calls takes longer by a factor. */
export interface Alternative {
  readonly share: number
  /** The factor in bins of the latency scale: 1.15^bins. */
  readonly bins: number
  readonly factor: number
}

/**
 * Everything slower: 1.5, 2, 3 and 5 times, though a few calls may not be. And tails: a quarter of the calls 3
 * times, an eighth 7 times.
 */
export const ALTERNATIVES: readonly Alternative[] = [
  alternative(0.92, 3),
  alternative(0.92, 5),
  alternative(0.92, 8),
  alternative(0.92, 12),
  alternative(0.25, 8),
  alternative(0.12, 14),
]

/** One call proves no more than this, however unlikely it was: the reference knows its tail by a few calls only. */
const MAX_LOG_RATIO = 5

function alternative(share: number, bins: number): Alternative {
  return { share, bins, factor: 1.15 ** bins }
}

/**
 * Log-likelihood ratio of a call in this bin under the alternative against the reference: a mixture of the
 * reference and its copy moved up by the factor. Its exp has an expectation of at most 1 under the reference.
 */
export function logRatioOf(shape: LatencyShape, bin: number, { share, bins }: Alternative): number {
  const moved = Math.exp(logShareOf(shape, bin - bins) - logShareOf(shape, bin))
  return Math.min(MAX_LOG_RATIO, Math.log(1 - share + share * moved))
}

/** How much of a call's duration the slowdown brought, in all likelihood: a share of it. */
export function excessShareOf(
  shape: LatencyShape,
  bin: number,
  { share, bins, factor }: Alternative,
): number {
  const moved = share * Math.exp(logShareOf(shape, bin - bins) - logShareOf(shape, bin))
  return (moved / (1 - share + moved)) * (1 - 1 / factor)
}
