import type { Intent, TimedCall } from '#lib/model/batch.ts'
import { type IgnoredDependency, isIndependent, resolveDependencies } from './dependencies.ts'
import { ListScheduler, type ScheduledBatch } from './list-scheduler.ts'

export interface IdealSchedule {
  /** For each call, by index, when the intent lets it start, µs from the hand-over; null for one without times. */
  readonly startsUs: readonly (number | null)[]
  /** From the first ideal start to the last ideal end, µs; null when no call ran. */
  readonly idealUs: number | null
  readonly ignoredDependencies: readonly IgnoredDependency[]
}

/** True when the call's own declarations narrow nothing: such calls may all start at once. */
export function isUnconstrained(call: Pick<TimedCall, 'attempt' | 'dependsOn' | 'mode' | 'heldUs'>): boolean {
  return isIndependent(call) && (call.mode === null || call.mode === 'parallel') && !call.heldUs
}

/** True when the batch itself narrows nothing for `ran` calls. */
export function allowsAllAtOnce(intent: Intent, ran: number): boolean {
  return (
    (intent.mode === null || intent.mode === 'parallel') &&
    (intent.concurrency === null || intent.concurrency >= ran) &&
    (intent.toolCaps === null || intent.toolCaps.size === 0)
  )
}

/**
 * The schedule that the declared intent allows for the observed durations: event-driven list scheduling
 * from the hand-over on as many workers as the cap says. `ListScheduler` holds the rules; a mode of null
 * counts as parallel. O(n) when nothing constrains the calls, else O(n log n).
 */
export function computeIdealSchedule(batch: ScheduledBatch): IdealSchedule {
  const { calls } = batch
  if (allowsAllAtOnce(batch, calls.length) && calls.every(isUnconstrained)) {
    const startsUs = calls.map((call) => call.startUs && Math.min(call.startUs, 0))
    return { startsUs, idealUs: computeMakespan(calls, startsUs), ignoredDependencies: [] }
  }
  const { prerequisites, ignored } = resolveDependencies(calls)
  const scheduler = new ListScheduler(batch, prerequisites)
  scheduler.run()
  const startsUs = Array.from(scheduler.startsUs, (startUs) => (Number.isNaN(startUs) ? null : startUs))
  return { startsUs, idealUs: computeMakespan(calls, startsUs), ignoredDependencies: ignored }
}

function computeMakespan(calls: readonly TimedCall[], startsUs: readonly (number | null)[]): number | null {
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = Number.NEGATIVE_INFINITY
  for (const [index, startUs] of startsUs.entries()) {
    if (startUs === null) continue
    firstUs = Math.min(firstUs, startUs)
    lastUs = Math.max(lastUs, startUs + (calls[index]?.durationUs ?? 0))
  }
  return lastUs < firstUs ? null : lastUs - firstUs
}
