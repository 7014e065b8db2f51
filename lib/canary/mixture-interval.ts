/*
 * An interval for a difference that holds at all times together: look as often as you like, stop when you like.
 *
 * The difference D of the means of two arms, with estimated variance V, is a Brownian motion with drift observed at
 * the information 1/V, however the arms grow (Jennison and Turnbull, Group Sequential Methods, 2000, ch. 3). Robbins'
 * mixture of likelihood ratios over a normal prior with standard deviation tau (Robbins 1970; as mSPRT: Johari,
 * Pekelis and Walsh, Always Valid Inference, 2015) is a martingale of mean 1 under the true difference; by Ville's
 * inequality it ever exceeds 1/alpha with probability at most alpha. Solved for the difference:
 *
 *     half width = sqrt( V (V + tau^2) / tau^2 * ( 2 ln(1/alpha) + ln(1 + tau^2 / V) ) )
 *
 * With variances estimated from the data it holds asymptotically: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
 * Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52 (2024).
 */

/** Half the width of the interval; infinite without information. `tau`: the size of effect it is sharpest for. */
export function computeHalfWidth(variance: number, tau: number, alpha: number): number {
  if (!(variance > 0)) return variance === 0 ? 0 : Number.POSITIVE_INFINITY
  const prior = tau * tau
  const logs = 2 * Math.log(1 / alpha) + Math.log(1 + prior / variance)
  return Math.sqrt(((variance * (variance + prior)) / prior) * logs)
}

/** Sums of one quantity over the runs of an arm. */
export interface Moments {
  n: number
  sum: number
  sumOfSquares: number
}

export function createMoments(): Moments {
  return { n: 0, sum: 0, sumOfSquares: 0 }
}

/** Adds a value, or takes one away that was added (`times` -1). */
export function addValue(moments: Moments, value: number, times: 1 | -1 = 1): void {
  moments.n += times
  moments.sum += times * value
  moments.sumOfSquares += times * value * value
}

/** A difference of means and its variance. */
export interface Estimate {
  readonly difference: number
  readonly variance: number
}

/** Runs of an arm in one stratum from which on their variance is believed. */
export const MIN_RUNS = 20

/**
 * Mean of `a` less mean of `b`; null while one of them has too few runs. Of shares one more of each is counted, so
 * that their variance is not nothing where nothing, or everything, has happened so far.
 */
export function estimateDifference(a: Moments, b: Moments, isShare: boolean): Estimate | null {
  if (a.n < MIN_RUNS || b.n < MIN_RUNS) return null
  const variance = isShare ? shareVariance(a, b) : meanVariance(a, b)
  return { difference: a.sum / a.n - b.sum / b.n, variance }
}

/**
 * A small arm that has not met the tail of a skewed quantity yet looks calmer and better than it is: each arm is
 * taken to vary at least as much as both together.
 */
function meanVariance(a: Moments, b: Moments): number {
  const pooled = (squaresOf(a) + squaresOf(b)) / (a.n + b.n - 2)
  // What never varied is not known to better than the clock's microsecond in a second.
  const varianceOf = (arm: Moments) => Math.max(squaresOf(arm) / (arm.n - 1), pooled, 1e-12)
  return varianceOf(a) / a.n + varianceOf(b) / b.n
}

/** Sum of the squared distances from the mean. */
function squaresOf({ n, sum, sumOfSquares }: Moments): number {
  return Math.max(0, sumOfSquares - (sum * sum) / n)
}

/** The same for shares. */
function shareVariance(a: Moments, b: Moments): number {
  const varianceOf = (n: number, sum: number) => ((sum + 1) / (n + 2)) * (1 - (sum + 1) / (n + 2))
  const pooled = varianceOf(a.n + b.n, a.sum + b.sum)
  return Math.max(varianceOf(a.n, a.sum), pooled) / a.n + Math.max(varianceOf(b.n, b.sum), pooled) / b.n
}

/** Differences of several strata as one, each weighted by what it knows; null without any. */
export function poolEstimates(estimates: readonly Estimate[]): Estimate | null {
  const information = estimates.reduce((sum, { variance }) => sum + 1 / variance, 0)
  if (information === 0) return null
  const score = estimates.reduce((sum, { difference, variance }) => sum + difference / variance, 0)
  return { difference: score / information, variance: 1 / information }
}
