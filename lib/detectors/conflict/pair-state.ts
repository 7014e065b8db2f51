import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'
import { type Attribution, createAttribution } from '../statistics/attribution.ts'
import { type BernoulliCusum, createBernoulliCusum } from '../statistics/bernoulli-cusum.ts'
import type { Recovery } from '../statistics/recovery.ts'
import type { Meeting } from './meetings.ts'

/** What is known of two tools of one agent that ran at one time. */
export interface PairState {
  readonly cusum: BernoulliCusum
  readonly runs: number[]
  readonly badRuns: number[]
  lastBadMs: number
  settledMs: number
  /** Comparisons with other runs, and how many were equal. */
  compared: number
  matched: number
  /** Hashes of what the other one touched in runs before. */
  readonly touched: number[]
  readonly trail: number[]
  readonly causes: Attribution
  recovery: Recovery | null
  again: number
}

/** Shares of meetings that are conflicts, from now and then to always. */
export const ALTERNATIVES = [0.01, 0.08, 0.4, 0.9] as const

export function pairStateOf(
  { environment, agent }: Observation,
  context: DetectorContext,
  { first, second }: Meeting,
): PairState {
  return context.state(`conflict/${environment}/${agent}/${first}/${second}`, () => ({
    cusum: createBernoulliCusum(ALTERNATIVES.length),
    runs: [],
    badRuns: [],
    lastBadMs: Number.MIN_SAFE_INTEGER,
    settledMs: Number.MIN_SAFE_INTEGER,
    compared: 0,
    matched: 0,
    touched: [],
    trail: [],
    causes: createAttribution(),
    recovery: null,
    again: 0,
  }))
}
