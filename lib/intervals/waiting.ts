import type { TimedCall } from '#lib/model/batch.ts'
import type { IdealSchedule } from './ideal-schedule.ts'

/** Why a call did not start at the hand-over. Both parts, µs, add up to its start (0 when it began earlier). */
export interface Waiting {
  /** What the intent made it wait: its ideal start, as far as it really waited. */
  readonly queuedUs: number
  /** The rest: time in which it was allowed to run and did not. */
  readonly dispatchDelayUs: number
}

/**
 * The waiting of each call, by index; null for one without times, and for all when the hand-over is not
 * known, as in OTLP, where the batch is taken to begin with its first call. `ideal` is the batch's schedule.
 */
export function computeWaiting(
  calls: readonly Pick<TimedCall, 'startUs'>[],
  ideal: Pick<IdealSchedule, 'startsUs'>,
  handOverKnown: boolean,
): (Waiting | null)[] {
  return calls.map(({ startUs }, index) => {
    const idealUs = ideal.startsUs[index] ?? null
    if (!handOverKnown || startUs === null || idealUs === null) return null
    const waitedUs = Math.max(0, startUs)
    const queuedUs = Math.min(Math.max(0, idealUs), waitedUs)
    return { queuedUs, dispatchDelayUs: waitedUs - queuedUs }
  })
}
