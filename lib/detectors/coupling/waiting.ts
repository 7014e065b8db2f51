import { type LatencyShape, logShareOf } from '../latency/latency-shape.ts'
import { durationAt, positionOf } from '../latency/log-histogram.ts'
import type { ObservedCall } from '../observation.ts'
import { MOST_NATS, SHIFTS, type Timing } from './timing.ts'
import { rounded, type SlowExcursion } from './tool-state.ts'

/*
 * What else may make X slow while siblings run: it waits its turn. Each rival is a density of X's duration given
 * when its siblings ended, and is compared with "longer by a factor" over the calls of an excursion.
 */

/** Pools of up to so many slots are told from a slow tool. */
export const POOL_SLOTS = 3
/** Share of calls that a queue leaves alone: they use something else at times. */
const FREE_SHARE = 0.1
const DISPATCH_MS = 25
/** Delays in usual durations. */
export const DELAYS: readonly number[] = [0.5, 0.8, 1.3, 2, 3.2]

/**
 * Nats for "longer by the alternative's factor" against "began its work when some sibling, handed over before
 * it, had ended". Which sibling is not known: their densities are averaged, so that the rival is a density too.
 */
export function notQueuedRatio(
  { shape, position }: Timing,
  calls: readonly ObservedCall[],
  index: number,
  k: number,
): number {
  const call = calls[index] as ObservedCall
  let waited = 0
  let candidates = 0
  for (const [i, other] of calls.entries()) {
    if (other.startMs > call.startMs + DISPATCH_MS) break
    if (i === index || other.endMs <= call.startMs) continue
    candidates++
    if (other.endMs < call.endMs) waited += densityAt(shape, call.endMs - other.endMs)
  }
  const bin = Math.floor(position)
  const alone = densityAt(shape, call.durationMs)
  const queued = candidates === 0 ? alone : 0.2 * alone + (0.8 * waited) / candidates
  const shift = SHIFTS[k] as number
  return (
    logShareOf(shape, bin - shift) -
    Math.log(Math.max(call.durationMs, 0.1)) -
    Math.log(Math.max(queued, 1e-12))
  )
}

/**
 * The same against a pool of `slots` that is first come, first served: X begins its work when all but
 * `slots - 1` of the siblings that had come before it have ended.
 */
export function notPooledRatio(
  { shape, position }: Timing,
  calls: readonly ObservedCall[],
  index: number,
  k: number,
  slots: number,
): number {
  const call = calls[index] as ObservedCall
  const ends: number[] = []
  for (let i = 0; i < index; i++) {
    const { endMs } = calls[i] as ObservedCall
    if (endMs > call.startMs) ends.push(endMs)
  }
  ends.sort((a, b) => b - a)
  const beginMs = ends[slots - 1] ?? call.startMs
  const alone = densityAt(shape, call.durationMs)
  const waited = beginMs < call.endMs ? densityAt(shape, call.endMs - beginMs) : 0
  const pooled = FREE_SHARE * alone + (1 - FREE_SHARE) * waited
  const slow = logShareOf(shape, Math.floor(position) - (SHIFTS[k] as number))
  return slow - Math.log(Math.max(call.durationMs, 0.1)) - Math.log(Math.max(pooled, 1e-12))
}

/**
 * A rate limit makes X begin later by the same time whenever Y began before. Adds what the call says for "longer
 * by a factor" against that, for each length of the delay.
 */
export function noteDelays(excursion: SlowExcursion, { shape, position }: Timing, k: number): void {
  const ms = durationAt(position)
  const slow = logShareOf(shape, Math.floor(position) - (SHIFTS[k] as number)) - Math.log(ms)
  const usualMs = durationAt(shape.median)
  for (const [i, delay] of DELAYS.entries()) {
    const leftMs = ms - delay * usualMs
    const ratio = leftMs <= 0 ? MOST_NATS : slow - Math.log(densityAt(shape, leftMs))
    excursion.notDelayed[i] = rounded((excursion.notDelayed[i] as number) + Math.min(MOST_NATS, ratio))
  }
}

/** Density per ms, up to the width of a bin on the log scale. */
function densityAt(shape: LatencyShape, ms: number): number {
  return Math.exp(logShareOf(shape, Math.floor(positionOf(ms)))) / Math.max(ms, 0.1)
}
