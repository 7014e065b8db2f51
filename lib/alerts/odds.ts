/** Beyond this odds say no more than "certain as far as can be told". */
export const MAX_ODDS = 1_000_000

/** Odds from their natural logarithm, at most {@link MAX_ODDS}, because a model is never surer than its assumptions. */
export function computeOdds(logOdds: number): number {
  return Math.min(MAX_ODDS, Math.exp(logOdds))
}
