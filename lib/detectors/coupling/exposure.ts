import type { ObservedCall } from '../observation.ts'

/*
 * Which siblings a call was exposed to: who ran beside it early in its life.
 *
 *     X  ├────┆──────────┤        ┆ = what X typically takes, or the dispatch time if that is longer
 *     Y    ├──┆───┤                exposed
 *     Z       ┆  ├───┤             not exposed: it began late in X
 *
 * How long X really ran must not decide, or else slow and timed-out calls would be exposed to more siblings
 * and early failures to fewer, whatever the cause. A sibling that began once X had ended never counts: X's end
 * may have been what let it begin.
 */

/** Calls handed over together start within this time of each other. */
const DISPATCH_MS = 25

/** Calls beyond this many of one batch are not compared: pairs grow as the square. */
const MAX_COMPARED = 48

/** Tools of the siblings to which `calls[index]` was exposed, each once. `typicalMs` is what its tool usually takes. */
export function siblingsBeside(calls: readonly ObservedCall[], index: number, typicalMs: number): string[] {
  const call = calls[index]
  if (call === undefined) return []
  const untilMs = Math.min(call.endMs, call.startMs + Math.max(DISPATCH_MS, typicalMs))
  const tools: string[] = []
  const last = Math.min(calls.length, MAX_COMPARED)
  for (let i = 0; i < last; i++) {
    const other = calls[i] as ObservedCall
    if (other.startMs >= untilMs) break
    if (i === index || other.endMs <= call.startMs || other.callId === call.callId) continue
    if (!tools.includes(other.tool)) tools.push(other.tool)
  }
  return tools
}
