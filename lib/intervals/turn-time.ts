import type { Times } from './times.ts'
import { measureUnion } from './union.ts'

/** What of a turn decides how its time divides. Instants are µs from the hand-over. */
export interface Turn {
  readonly calls: readonly Times[]
  /** How long the model took; null where nobody said. */
  readonly modelUs: number | null
  /** When the model ended; the hand-over unless a span says otherwise. */
  readonly modelEndUs?: number
  /** When the turn ended, if later than its last call. */
  readonly endUs?: number | null
}

/**
 * A turn's time in parts, µs:
 *
 *     model ├─────┤
 *     calls         ├────┤  ├──┤
 *           mmmmmmmiEEEEEEwwEEEEiii    m model, E exposed, w waiting, i idle
 */
export interface TurnTime {
  readonly modelUs: number | null
  /** A call was pending and none was running. */
  readonly waitingUs: number
  /** A call was running after the model had ended. */
  readonly exposedUs: number
  /** The rest. */
  readonly idleUs: number
  /** Sum of the parts: from the model's start to the turn's end; null where the model's time is not known. */
  readonly totalUs: number | null
}

/** Divides a turn's time; null when no call ran. */
export function computeTurnTime({ calls, modelUs, modelEndUs = 0, endUs = null }: Turn): TurnTime | null {
  let lastEndUs = Number.NEGATIVE_INFINITY
  for (const { startUs, durationUs } of calls) {
    if (startUs !== null && durationUs !== null) lastEndUs = Math.max(lastEndUs, startUs + durationUs)
  }
  if (lastEndUs === Number.NEGATIVE_INFINITY) return null
  const { exposedUs } = measureUnion(calls, modelEndUs)
  // Whenever none runs before the last end, the call that ends last is pending, once it was handed over.
  const pendingFromUs = Math.max(modelEndUs, 0)
  const runningUs = pendingFromUs === modelEndUs ? exposedUs : measureUnion(calls, pendingFromUs).exposedUs
  const waitingUs = Math.max(0, lastEndUs - pendingFromUs) - runningUs
  const afterModelUs = Math.max(lastEndUs, modelEndUs, endUs ?? modelEndUs) - modelEndUs
  return {
    modelUs,
    waitingUs,
    exposedUs,
    idleUs: afterModelUs - waitingUs - exposedUs,
    totalUs: modelUs === null ? null : modelUs + afterModelUs,
  }
}
