import type { Times } from './times.ts'

/** From `atUs` on, until the next step, so many calls are in flight. */
export interface ConcurrencyStep {
  readonly atUs: number
  readonly inFlight: number
}

/** Up to here comparing every pair is faster than sorting; most batches are smaller. */
const PAIRWISE_LIMIT = 24

/**
 * Calls in flight over time. Steps are in order of time and each changes the number; the last is 0. A call
 * is in flight from its start up to, not including, its end: one without duration never shows. O(n log n).
 */
export function computeConcurrency(calls: readonly Times[]): ConcurrencyStep[] {
  const { startsUs, endsUs } = sortEnds(calls)
  const steps: { atUs: number; inFlight: number }[] = []
  let started = 0
  for (let ended = 0; ended < endsUs.length; ) {
    const atUs = Math.min(startsUs[started] ?? Number.POSITIVE_INFINITY, endsUs[ended] as number)
    const before = started - ended
    while (startsUs[started] === atUs) started++
    while (endsUs[ended] === atUs) ended++
    if (started - ended !== before) steps.push({ atUs, inFlight: started - ended })
  }
  return steps
}

/**
 * For each call, by index, how many siblings were in flight as it started, itself included; null for a call
 * without times. O(n log n).
 */
export function computeConcurrencyAtStart(calls: readonly Times[]): (number | null)[] {
  if (calls.length <= PAIRWISE_LIMIT) return calls.map((call) => countInFlight(calls, call))
  const { startsUs, endsUs } = sortEnds(calls)
  return calls.map(({ startUs, durationUs }) => {
    if (startUs === null) return null
    // A call without duration is not among the sorted ends and counts itself.
    return countUntil(startsUs, startUs) - countUntil(endsUs, startUs) + (durationUs ? 0 : 1)
  })
}

function countInFlight(calls: readonly Times[], call: Times): number | null {
  const atUs = call.startUs
  if (atUs === null) return null
  let inFlight = call.durationUs ? 0 : 1
  for (const { startUs, durationUs } of calls) {
    if (startUs !== null && startUs <= atUs && startUs + (durationUs ?? 0) > atUs) inFlight++
  }
  return inFlight
}

/** Starts and ends, each ascending, of the calls that took any time. */
function sortEnds(calls: readonly Times[]): { startsUs: Float64Array; endsUs: Float64Array } {
  const startsUs: number[] = []
  const endsUs: number[] = []
  for (const { startUs, durationUs } of calls) {
    if (startUs === null || !durationUs) continue
    startsUs.push(startUs)
    endsUs.push(startUs + durationUs)
  }
  return { startsUs: Float64Array.from(startsUs).sort(), endsUs: Float64Array.from(endsUs).sort() }
}

/** How many of the ascending values are not above `limit`. */
function countUntil(ascending: Float64Array, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
