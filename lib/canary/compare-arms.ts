import type { ComparisonMetric, ModeComparison } from '#lib/contract/mode-comparison.ts'
import {
  addValue,
  computeHalfWidth,
  createMoments,
  type Estimate,
  estimateDifference,
  type Moments,
  poolEstimates,
} from './mixture-interval.ts'
import { computeRatioEValue, UNBALANCED_E_VALUE } from './sample-ratio.ts'

/*
 * Runs are what a rule takes, so runs are compared, not batches: those of one run go well or badly together. Within
 * a stratum (one agent, one environment, one share) a run's arm is chance; strata are compared each for itself and
 * then together, because the share of parallel runs changes with time and so may everything else.
 */

/** 95 %, of each metric for itself. */
const ALPHA = 0.05

/** What one run comes to; null where it is not known. Times and tokens are natural logs of the run's means. */
export interface RunValues {
  readonly logWall: number | null
  readonly logTurn: number | null
  readonly logTokens: number | null
  /** 1 when some call of it ended in error or timeout, else 0. */
  readonly failing: 0 | 1
}

const METRICS = {
  wall: { unit: 'percent', tau: 0.25 },
  turn: { unit: 'percent', tau: 0.25 },
  failing: { unit: 'points', tau: 0.1 },
  tokens: { unit: 'percent', tau: 0.1 },
} as const
type MetricName = keyof typeof METRICS
const METRIC_NAMES = Object.keys(METRICS) as MetricName[]
const VALUE_OF: Record<MetricName, (run: RunValues) => number | null> = {
  wall: (run) => run.logWall,
  turn: (run) => run.logTurn,
  failing: (run) => run.failing,
  tokens: (run) => run.logTokens,
}

/** The sums of one arm in one stratum. */
export interface ArmSums {
  runs: number
  readonly moments: Record<MetricName, Moments>
}

export interface Stratum {
  /** The share of runs that should be parallel, of those that are parallel or serial. */
  readonly expected: number
  readonly parallel: ArmSums
  readonly serial: ArmSums
}

export function createStratum(expected: number): Stratum {
  return { expected, parallel: createArm(), serial: createArm() }
}

function createArm(): ArmSums {
  const [wall, turn, failing, tokens] = [createMoments(), createMoments(), createMoments(), createMoments()]
  return { runs: 0, moments: { wall, turn, failing, tokens } }
}

/** Counts a run in its arm, or takes it out as it was counted (`times` -1). */
export function addRun(arm: ArmSums, run: RunValues, times: 1 | -1 = 1): void {
  arm.runs += times
  for (const name of METRIC_NAMES) {
    const value = VALUE_OF[name](run)
    if (value !== null) addValue(arm.moments[name], value, times)
  }
}

/** The metrics of parallel against serial, with intervals that hold at all times together. */
export function compareArms(strata: readonly Stratum[]): ComparisonMetric[] {
  return METRIC_NAMES.map((name) => {
    const { unit, tau } = METRICS[name]
    const isShare = unit === 'points'
    const estimates = strata.flatMap(
      ({ parallel, serial }) =>
        estimateDifference(parallel.moments[name], serial.moments[name], isShare) ?? [],
    )
    const means = { parallel: meanOf(strata, 'parallel', name), serial: meanOf(strata, 'serial', name) }
    const toValue = (mean: number | null) => (mean === null ? null : isShare ? mean : Math.exp(mean))
    return {
      name,
      unit,
      parallel: toValue(means.parallel.mean),
      serial: toValue(means.serial.mean),
      runs_parallel: means.parallel.n,
      runs_serial: means.serial.n,
      ...describeInterval(poolEstimates(estimates), tau, isShare),
    }
  })
}

/** The mean over the runs of an arm, strata together: for the eye; the difference is taken within strata. */
function meanOf(strata: readonly Stratum[], arm: 'parallel' | 'serial', name: MetricName) {
  let n = 0
  let sum = 0
  for (const stratum of strata) {
    n += stratum[arm].moments[name].n
    sum += stratum[arm].moments[name].sum
  }
  return { n, mean: n === 0 ? null : sum / n }
}

function describeInterval(
  estimate: Estimate | null,
  tau: number,
  isShare: boolean,
): Pick<ComparisonMetric, 'difference' | 'low' | 'high'> {
  if (estimate === null) return { difference: null, low: null, high: null }
  const half = computeHalfWidth(estimate.variance, tau, ALPHA)
  const { difference } = estimate
  // A difference of logs is a ratio: told as by how much of the serial value the parallel one differs.
  const tell = (value: number) => (isShare ? value : Math.expm1(value))
  return { difference: tell(difference), low: tell(difference - half), high: tell(difference + half) }
}

/** Whether the arms have the runs that they should. */
export function checkSampleRatio(strata: readonly Stratum[]): ModeComparison['sample_ratio'] {
  const counts = strata.map(({ expected, parallel, serial }) => ({
    expected,
    inArm: parallel.runs,
    inOther: serial.runs,
  }))
  const runs = counts.reduce((sum, { inArm, inOther }) => sum + inArm + inOther, 0)
  if (runs === 0) return { expected: null, observed: null, e_value: 1, unbalanced: false }
  const due = counts.reduce((sum, { expected, inArm, inOther }) => sum + expected * (inArm + inOther), 0)
  const eValue = computeRatioEValue(counts)
  return {
    expected: due / runs,
    observed: counts.reduce((sum, { inArm }) => sum + inArm, 0) / runs,
    e_value: eValue,
    unbalanced: eValue >= UNBALANCED_E_VALUE,
  }
}
