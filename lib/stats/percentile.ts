/** Position of quantile `p` (0 to 1) among `n` sorted values by lower nearest rank; -1 when there are none. */
export function lowerNearestRank(p: number, n: number): number {
  return n === 0 ? -1 : Math.floor(p * (n - 1))
}

/** The exact quantile of values sorted ascending, one of them; null when there are none. */
export function computePercentile(sorted: ArrayLike<number>, p: number): number | null {
  return sorted[lowerNearestRank(p, sorted.length)] ?? null
}
