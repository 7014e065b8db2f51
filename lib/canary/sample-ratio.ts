import { logBetaBinomial } from '#lib/detectors/statistics/beta-binomial.ts'

/*
 * Whether the arms got the shares of runs that they should have. A rule takes a run by a hash, so anything else than
 * its share means that runs got lost, ran in another mode, or were counted twice in one arm, and then a comparison
 * compares different runs. Tested at all times together, as in Lindon and Malek, Anytime-valid inference for
 * multinomial count data (NeurIPS 2022): the Bayes factor of a Beta mixture against the share is an e-process, so by
 * Ville's inequality it ever reaches 100 with probability at most 1 % when all is well.
 */

/** Runs of a stratum by arm, and the share that the first should have; strictly between 0 and 1. */
export interface RatioCounts {
  readonly expected: number
  readonly inArm: number
  readonly inOther: number
}

/** Against all is well, at this much. */
export const UNBALANCED_E_VALUE = 100

/** Pseudo-counts of the mixture: deviations of some tenths of the share are what it looks for. */
const WEIGHT = 20
const MAX_LOG = 700

/** Evidence against the expected shares, over all strata; 1 = none. */
export function computeRatioEValue(strata: readonly RatioCounts[]): number {
  const log = strata.reduce((sum, { expected, inArm, inOther }) => {
    const prior = { hits: WEIGHT * expected, misses: WEIGHT * (1 - expected) }
    const asExpected = inArm * Math.log(expected) + inOther * Math.log(1 - expected)
    return sum + logBetaBinomial(inArm + inOther, inArm, prior) - asExpected
  }, 0)
  return Math.exp(Math.min(MAX_LOG, log))
}
