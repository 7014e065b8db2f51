import type { TimedCall } from '#lib/model/batch.ts'
import { compareByEmission } from './order.ts'

/** Sums and extremes over the calls that ran, µs. Meaningless but for `ran` when none did. */
export interface TimesScan {
  readonly ran: number
  readonly firstStartUs: number
  readonly lastEndUs: number
  /** Latest end among the calls other than the slowest. */
  readonly secondEndUs: number
  readonly sumUs: number
  readonly longestUs: number
  /** Index of the last call to finish; ties: the longer, then the first emitted. */
  readonly slowest: number
  /** Makespan if nothing kept any call from starting at the hand-over. */
  readonly freeIdealUs: number
}

/** One pass, no allocation but the result: every ingested batch pays for it. */
export function scanTimes(calls: readonly TimedCall[]): TimesScan {
  let ran = 0
  let firstStartUs = Number.POSITIVE_INFINITY
  let lastEndUs = Number.NEGATIVE_INFINITY
  let secondEndUs = Number.NEGATIVE_INFINITY
  let sumUs = 0
  let longestUs = 0
  let slowest = -1
  let idealEndUs = Number.NEGATIVE_INFINITY
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as TimedCall
    const { startUs, durationUs } = call
    if (startUs === null || durationUs === null) continue
    const endUs = startUs + durationUs
    ran++
    sumUs += durationUs
    if (durationUs > longestUs) longestUs = durationUs
    if (startUs < firstStartUs) firstStartUs = startUs
    // A call that began before the hand-over keeps its start; any other could have started at it.
    const earliestEndUs = startUs < 0 ? endUs : durationUs
    if (earliestEndUs > idealEndUs) idealEndUs = earliestEndUs
    if (endUs > lastEndUs || (endUs === lastEndUs && isSlower(call, calls[slowest] as TimedCall))) {
      secondEndUs = lastEndUs
      lastEndUs = endUs
      slowest = index
    } else if (endUs > secondEndUs) {
      secondEndUs = endUs
    }
  }
  const freeIdealUs = idealEndUs - Math.min(0, firstStartUs)
  return { ran, firstStartUs, lastEndUs, secondEndUs, sumUs, longestUs, slowest, freeIdealUs }
}

/** Of two calls that end together, whether `a` rather than `b` counts as the slowest sibling. */
function isSlower(a: TimedCall, b: TimedCall): boolean {
  const longerUs = (a.durationUs ?? 0) - (b.durationUs ?? 0)
  return longerUs > 0 || (longerUs === 0 && compareByEmission(a, b) < 0)
}
