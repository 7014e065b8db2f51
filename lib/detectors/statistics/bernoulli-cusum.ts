/**
 * A CUSUM over a yes-or-no observation that tests one null rate against several alternatives at once. After
 * Page (1954): S = max(0, S + l) with l the log-likelihood ratio; the alarm is raised when the largest of the
 * sums reaches the threshold. Not knowing the size of the change costs less than 10 % in delay.
 */
export interface BernoulliCusum {
  /** One sum for each alternative, in nats. */
  sums: number[]
  /** Evidence for the null against the best alternative, in nats, once an alarm was raised. */
  reverse: number
  /** Event time, epoch ms, of the first observation since all sums were last 0; null = they are 0. */
  onsetMs: number | null
}

export function createBernoulliCusum(alternatives: number): BernoulliCusum {
  return { sums: new Array(alternatives).fill(0), reverse: 0, onsetMs: null }
}

/** Log-likelihood ratio of `x` under rate `p1` against rate `p0`; both within (0, 1). E under the null of exp is 1. */
export function bernoulliLogRatio(x: boolean, p1: number, p0: number): number {
  return x ? Math.log(p1 / p0) : Math.log((1 - p1) / (1 - p0))
}

/**
 * Takes one observation and gives the largest sum. Only alternatives above `1.5 * p0` speak: one at or below
 * the null rate would answer another question.
 */
export function updateBernoulliCusum(
  cusum: BernoulliCusum,
  x: boolean,
  p0: number,
  alternatives: readonly number[],
  atMs: number,
): number {
  let best = 0
  let bestRatio = Number.NEGATIVE_INFINITY
  for (const [k, p1] of alternatives.entries()) {
    if (p1 < p0 * 1.5) continue
    const ratio = bernoulliLogRatio(x, p1, p0)
    if (ratio > bestRatio) bestRatio = ratio
    const sum = Math.max(0, (cusum.sums[k] ?? 0) + ratio)
    cusum.sums[k] = sum
    if (sum > best) best = sum
  }
  if (best === 0) cusum.onsetMs = null
  else cusum.onsetMs ??= atMs
  if (bestRatio > Number.NEGATIVE_INFINITY) cusum.reverse = Math.max(0, cusum.reverse - bestRatio)
  return best
}

export function resetBernoulliCusum(cusum: BernoulliCusum): void {
  cusum.sums.fill(0)
  cusum.reverse = 0
  cusum.onsetMs = null
}
