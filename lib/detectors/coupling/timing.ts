import type { LatencyShape } from '../latency/latency-shape.ts'
import { positionOf } from '../latency/log-histogram.ts'

/** Factors 1.75 and 2.66, in bins of the latency scale. */
export const SHIFTS: readonly number[] = [4, 7]
/** No single call says more: the tails of f are guesses. Clipping from above keeps the expectation at most 1. */
export const MOST_NATS = 2
/** What any call costs, so that a difference too small to matter never adds up. */
const LEAK_NATS = 0.05
const MIN_SCORE = -2
/** Calls X must be known by. */
const LEARN_TOOL_CALLS = 60

/** A call's duration against what is usual for its tool. */
export interface Timing {
  readonly shape: LatencyShape
  readonly position: number
  /** By alternative: nats for "longer by its factor". */
  readonly ratios: readonly number[]
}

export function timingOf(shape: LatencyShape | null, durationMs: number): Timing | null {
  if (shape === null || shape.n < LEARN_TOOL_CALLS) return null
  const position = positionOf(durationMs)
  return { shape, position, ratios: ratiosAt(shape, Math.floor(position)) }
}

export function scoreOf(timing: Timing, k: number): number {
  return Math.max(MIN_SCORE, timing.ratios[k] as number)
}

export function ratiosAt(shape: LatencyShape, bin: number): number[] {
  return SHIFTS.map((shift) => ratioAt(shape.logs, bin, shift) - LEAK_NATS)
}

/** Nats for "longer by `shift` bins". `logs` are ln of shares in hundredths. */
export function ratioAt(logs: readonly number[], bin: number, shift: number): number {
  const before = bin < shift ? -2000 : (logs[bin - shift] ?? -2000)
  return Math.min(MOST_NATS, (before - (logs[bin] ?? -2000)) / 100)
}
