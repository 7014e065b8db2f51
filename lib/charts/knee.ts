/** Percentiles at one number of calls in flight. */
export interface KneeLevel {
  readonly concurrency: number
  readonly n: number
  readonly p50_ms: number | null
  readonly p95_ms: number | null
}

interface Growth {
  readonly fromConcurrency: number
  readonly toConcurrency: number
  /** The p50 at the end over the p50 at the beginning. */
  readonly factor: number
}

/** What the percentiles say about running beside others. */
export type KneeFinding =
  /** Up to `at` it makes no difference; from the next level on every p50 is higher by at least `factor`. */
  | { readonly kind: 'knee'; readonly at: number; readonly next: number; readonly factor: number }
  /** It grows, but at no one place. */
  | ({ readonly kind: 'gradual' } & Growth)
  | ({ readonly kind: 'flat' } & Growth)
  /** Fewer than `levels` levels have enough calls to say anything. */
  | { readonly kind: 'unsupported'; readonly levels: number }

/** Below this many calls a percentile is marked as a low sample, and no finding rests on it. */
const MIN_CALLS = 20
/** A knee has a level on either side of it that is not itself the edge. */
const MIN_LEVELS = 3
/** A smaller step than this is not worth a rule about concurrency. */
const MIN_FACTOR = 1.25
/** Standard errors that a step must exceed: every level is a candidate, so one in twenty would not do. */
const Z = 3
/** ln(p95/p50) of a log-normal distribution in units of its sigma. */
const Z95 = 1.645
/** The standard error of a median of n values is this many sigma/sqrt(n): sqrt(pi/2). */
const MEDIAN_ERROR = 1.2533

interface Level {
  readonly concurrency: number
  readonly p50Ms: number
  /** Standard error of the logarithm of the p50, if the durations were log-normal. */
  readonly error: number
}

/**
 * Where a tool begins to suffer from its siblings. The rule: of levels with at least 20 calls, three or more,
 * the knee is the split at which every p50 above is at least a quarter higher than every p50 below, and
 * higher by more than three standard errors; of several such splits the one with the largest step. Anything
 * less is not named a knee, because somebody would set a cap by it.
 */
export function findKnee(rows: readonly KneeLevel[]): KneeFinding {
  const levels = supportedLevels(rows)
  const first = levels[0]
  const last = levels.at(-1)
  if (first === undefined || last === undefined || levels.length < MIN_LEVELS)
    return { kind: 'unsupported', levels: MIN_LEVELS }
  const knee = widestStep(levels)
  if (knee !== null) return knee
  const growth: Growth = {
    fromConcurrency: first.concurrency,
    toConcurrency: last.concurrency,
    factor: last.p50Ms / first.p50Ms,
  }
  const isGrowing = growth.factor >= MIN_FACTOR && isBeyondNoise(first, last)
  return { kind: isGrowing ? 'gradual' : 'flat', ...growth }
}

function supportedLevels(rows: readonly KneeLevel[]): Level[] {
  return rows
    .flatMap(({ concurrency, n, p50_ms: p50Ms, p95_ms: p95Ms }) => {
      if (n < MIN_CALLS || p50Ms === null || p95Ms === null || p50Ms <= 0) return []
      const sigma = Math.log(Math.max(1, p95Ms / p50Ms)) / Z95
      return [{ concurrency, p50Ms, error: (MEDIAN_ERROR * sigma) / Math.sqrt(n) }]
    })
    .sort((a, b) => a.concurrency - b.concurrency)
}

function widestStep(levels: readonly Level[]): KneeFinding | null {
  let widest: { at: number; next: number; factor: number } | null = null
  for (let split = 1; split < levels.length; split++) {
    const below = levels.slice(0, split)
    const above = levels.slice(split)
    const highest = below.reduce((a, b) => (b.p50Ms > a.p50Ms ? b : a))
    const lowest = above.reduce((a, b) => (b.p50Ms < a.p50Ms ? b : a))
    const factor = lowest.p50Ms / highest.p50Ms
    if (factor < MIN_FACTOR || !isBeyondNoise(highest, lowest)) continue
    if (widest !== null && factor <= widest.factor) continue
    const at = below.at(-1)?.concurrency ?? highest.concurrency
    widest = { at, next: above[0]?.concurrency ?? lowest.concurrency, factor }
  }
  return widest === null ? null : { kind: 'knee', ...widest }
}

function isBeyondNoise(low: Level, high: Level): boolean {
  return Math.log(high.p50Ms / low.p50Ms) > Z * Math.hypot(low.error, high.error)
}
