/** Pseudo-counts of a Beta prior: `hits` of the event against `misses` of it. */
export interface BetaPrior {
  readonly hits: number
  readonly misses: number
}

/**
 * Natural log of the probability of one sequence of `n` yes-or-no observations with `x` times yes, the rate
 * unknown and drawn from the prior: B(x + hits, n - x + misses) / B(hits, misses). `x` may be a fraction.
 */
export function logBetaBinomial(n: number, x: number, prior: BetaPrior): number {
  return logBeta(x + prior.hits, Math.max(0, n - x) + prior.misses) - logBeta(prior.hits, prior.misses)
}

/** Observations, and how many of them were yes. */
export interface Counts {
  readonly n: number
  readonly x: number
}

const JEFFREYS: BetaPrior = { hits: 0.5, misses: 0.5 }

/**
 * Log Bayes factor for two rates against one: how much better two samples are explained apart. Unlike a ratio
 * against a learned rate it knows how little may have been learned.
 */
export function logTwoRates(before: Counts, after: Counts): number {
  return (
    logBetaBinomial(before.n, before.x, JEFFREYS) +
    logBetaBinomial(after.n, after.x, JEFFREYS) -
    logBetaBinomial(before.n + after.n, before.x + after.x, JEFFREYS)
  )
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}

/** Stirling's series after lifting the argument above 7: absolute error below 1e-9 for z > 0. */
function logGamma(z: number): number {
  let shift = 0
  let at = z
  for (; at < 7; at++) shift += Math.log(at)
  const inverse = 1 / (at * at)
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift
}
