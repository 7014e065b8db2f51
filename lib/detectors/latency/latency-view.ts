import {
  BINS,
  countBelow,
  durationAt,
  type LogHistogram,
  logWidthAt,
  positionOf,
  smoothCount,
} from './log-histogram.ts'

/** This many calls at the parent's distribution are added to what a key has seen itself. */
const PARENT_CALLS = 10
/** What is never excluded: any duration, with this probability in all, so that no density vanishes. */
const FLOOR = 0.002
const BISECTIONS = 24

/**
 * A distribution of durations: counts shrunk to a parent's, at the root to the uniform on a log scale. Reads the
 * histogram it was made of, so use it before that changes. Each question costs one walk over occupied bins.
 */
export class LatencyView {
  /** Calls of the key's own, aged ones in part; what the parent lends is not in it. */
  readonly n: number
  readonly #own: LogHistogram | null
  readonly #parent: LatencyView | null

  constructor(own: LogHistogram | null, parent: LatencyView | null) {
    this.#own = own
    this.#parent = parent
    this.n = own?.n ?? 0
  }

  /** Calls that speak at all: own ones plus what is borrowed of the parent's. */
  get support(): number {
    return this.n + Math.min(PARENT_CALLS, this.#parent?.support ?? 0)
  }

  /** P(duration < ms), never 0 or 1 within 0.1 ms and an hour. */
  cdf(ms: number): number {
    return this.#cdfAt(positionOf(ms))
  }

  /** Natural log of the density per ms. The density integrates to 1 and never vanishes. */
  logDensity(ms: number): number {
    return Math.log(this.share(Math.floor(positionOf(ms)))) - logWidthAt(ms)
  }

  /** The duration in ms below which a share `p` of calls stays. */
  quantile(p: number): number {
    let low = 0
    let high = BINS
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2
      if (this.#cdfAt(middle) < p) low = middle
      else high = middle
    }
    return durationAt((low + high) / 2)
  }

  /** Probability of a bin of the scale. */
  share(bin: number): number {
    const own = this.#own === null ? 0 : smoothCount(this.#own, bin, reachFor(this.n))
    const parent = this.#parent === null ? 1 / BINS : this.#parent.share(bin)
    return (1 - FLOOR) * ((own + PARENT_CALLS * parent) / (this.n + PARENT_CALLS)) + FLOOR / BINS
  }

  #cdfAt(position: number): number {
    const uniform = position / BINS
    const below = this.#own === null ? 0 : countBelow(this.#own, position)
    const parent = this.#parent === null ? uniform : this.#parent.#cdfAt(position)
    return (1 - FLOOR) * ((below + PARENT_CALLS * parent) / (this.n + PARENT_CALLS)) + FLOOR * uniform
  }
}

/** Bins to each side over which a count is spread: the fewer calls, the wider. */
function reachFor(n: number): number {
  if (n >= 400) return 1
  if (n >= 100) return 2
  if (n >= 30) return 3
  return n >= 8 ? 4 : 6
}
