/*
 * By how much a sample differs from another, with a 95 % confidence interval (after less before). Null bounds
 * where so few values allow no such interval.
 */

/** A change and the bounds of its 95 % interval. */
export interface ChangeInterval {
  readonly low: number | null
  readonly high: number | null
}

const NO_INTERVAL: ChangeInterval = { low: null, high: null }

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054

/**
 * Of the shift between two samples, without assuming a shape: Moses's interval from the ordered differences of
 * all pairs, with the normal approximation of the rank-sum distribution (Hollander, Wolfe and Chicken,
 * Nonparametric Statistical Methods, 3rd ed. 2014, section 4.3). One outlier moves it by no more than one rank.
 * O(nm log nm).
 */
export function computeShiftInterval(before: readonly number[], after: readonly number[]): ChangeInterval {
  const pairs = before.length * after.length
  const spread = Math.sqrt((pairs * (before.length + after.length + 1)) / 12)
  const rank = Math.floor(pairs / 2 - Z * spread)
  if (rank < 1) return NO_INTERVAL
  const differences = new Float64Array(pairs)
  let at = 0
  for (const a of after) for (const b of before) differences[at++] = a - b
  differences.sort()
  return { low: differences[rank - 1] as number, high: differences[pairs - rank] as number }
}

/**
 * Of the difference between two rates, or two means of values from 0 to 1: Newcombe's hybrid of Wilson's score
 * intervals (R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10). A value between 0 and 1
 * varies less than yes and no do with the same mean, so for those the interval is wider than it need be.
 */
export function computeRateInterval(before: readonly number[], after: readonly number[]): ChangeInterval {
  if (before.length === 0 || after.length === 0) return NO_INTERVAL
  const b = wilson(before)
  const a = wilson(after)
  const change = a.mean - b.mean
  return {
    low: change - Math.hypot(a.mean - a.low, b.high - b.mean),
    high: change + Math.hypot(a.high - a.mean, b.mean - b.low),
  }
}

/** E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212. */
function wilson(values: readonly number[]): { mean: number; low: number; high: number } {
  const n = values.length
  const mean = computeMean(values)
  const centre = (mean + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n)
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((mean * (1 - mean)) / n + (Z * Z) / (4 * n * n))
  return { mean, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** Of the difference between two means: Welch's, for samples of unlike spread (Biometrika 34 (1947) 28-35). */
export function computeMeanInterval(before: readonly number[], after: readonly number[]): ChangeInterval {
  if (before.length < 2 || after.length < 2) return NO_INTERVAL
  const shares = [before, after].map((values) => computeVariance(values) / values.length)
  const [b = 0, a = 0] = shares
  const change = computeMean(after) - computeMean(before)
  if (a + b === 0) return { low: change, high: change }
  const freedom = (a + b) ** 2 / (b ** 2 / (before.length - 1) + a ** 2 / (after.length - 1))
  const half = studentQuantile(freedom) * Math.sqrt(a + b)
  return { low: change - half, high: change + half }
}

/** The 97.5 % quantile of Student's t: Abramowitz and Stegun 26.7.5, within 2 % from 2 degrees of freedom on. */
function studentQuantile(freedom: number): number {
  const z2 = Z * Z
  const terms = [
    (Z * (z2 + 1)) / 4,
    (Z * ((5 * z2 + 16) * z2 + 3)) / 96,
    (Z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / 384,
    (Z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / 92_160,
  ]
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), Z)
}

/** NaN of nothing. */
export function computeMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function computeVariance(values: readonly number[]): number {
  const mean = computeMean(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
