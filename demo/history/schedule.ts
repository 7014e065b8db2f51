import type { CallStatus, PlannedCall } from '../agents/policy.ts'
import { TOOL_SPECS } from '../catalogue.ts'

/*
 * Runs a turn in simulated time by the rules that a real executor follows, so that the written history
 * looks like what the live agents produce:
 *
 *   parallel, cap 3        reads-only               serial
 *   a ████                 r ████                   a ████
 *   b ██████               r ██████                 b     ██████
 *   c ██                   W       ███              c           ██
 *   d   ███  (slot of c)   r          ████          d             ███
 */

export type Mode = 'parallel' | 'reads-only' | 'serial'

/** What decides how the calls of a turn may overlap, and when they are given up. */
export interface TurnIntent {
  readonly mode: Mode
  readonly concurrency: number | null
  /** The executor awaits one call after another, whatever was declared. */
  readonly isSerialising: boolean
  readonly deadlineMs: number | null
  readonly maxAttempts: number
  readonly cancelAfterMs: number | null
}

/** How one attempt fares when nobody interferes. */
export interface AttemptDraw {
  readonly durationMs: number
  /** Null when it succeeds. */
  readonly errorCode: string | null
  readonly isRetriable: boolean
}

export interface Chance {
  /** `siblings` are the calls in flight when the attempt starts, itself not among them. */
  readonly drawAttempt: (call: PlannedCall, startMs: number, siblings: readonly PlannedCall[]) => AttemptDraw
  /** Time between a slot becoming free and the next call starting in it. */
  readonly drawDispatchMs: () => number
  /** Pause before an attempt is repeated. */
  readonly drawBackoffMs: () => number
}

/** One attempt of a call; a call that never ran has one record without times. */
export interface SimulatedAttempt {
  readonly call: PlannedCall
  readonly attempt: number
  /** From the hand-over of the turn. */
  readonly startMs: number | null
  readonly durationMs: number | null
  readonly outcome: CallStatus
  readonly errorCode: string | null
}

type RanAttempt = SimulatedAttempt & { readonly startMs: number; readonly durationMs: number }

interface Running {
  readonly call: PlannedCall
  readonly endMs: number
  readonly succeeds: boolean
}

/** Every attempt of a turn, in the order in which the calls were emitted, then by attempt. */
export function simulateTurn(
  calls: readonly PlannedCall[],
  intent: TurnIntent,
  chance: Chance,
): SimulatedAttempt[] {
  const attempts = new Map<PlannedCall, RanAttempt[]>()
  const succeeded = new Map<PlannedCall, boolean>()
  let pending = [...calls]
  let running: Running[] = []
  let nowMs = 0
  let dispatchedMs = 0
  while (pending.length > 0 || running.length > 0) {
    pending = pending.filter(
      (call) => !call.dependsOn.some((needed) => succeeded.get(needed) === false) || drop(call),
    )
    for (const call of pending) {
      const siblings = running.map((other) => other.call)
      if (!mayStart(call, { calls, pending, siblings, succeeded, intent })) continue
      // One thread hands out the calls, so they start one after the other even when all may start.
      dispatchedMs = Math.max(nowMs, dispatchedMs) + chance.drawDispatchMs()
      const ran = runAttempts(call, dispatchedMs, siblings, intent, chance)
      const last = ran.at(-1)
      attempts.set(call, ran)
      pending = pending.filter((other) => other !== call)
      running.push({
        call,
        endMs: (last?.startMs ?? 0) + (last?.durationMs ?? 0),
        succeeds: last?.outcome === 'ok',
      })
    }
    const next = running.reduce<Running | null>(
      (first, one) => (first && first.endMs <= one.endMs ? first : one),
      null,
    )
    if (!next) break
    nowMs = next.endMs
    succeeded.set(next.call, next.succeeds)
    running = running.filter((one) => one !== next)
  }
  return calls.flatMap((call) => cutAt(call, attempts.get(call) ?? [], intent.cancelAfterMs))

  // A call whose prerequisite failed is given up, and so are those that wait for it.
  function drop(call: PlannedCall): false {
    succeeded.set(call, false)
    return false
  }
}

interface Moment {
  readonly calls: readonly PlannedCall[]
  readonly pending: readonly PlannedCall[]
  readonly siblings: readonly PlannedCall[]
  readonly succeeded: ReadonlyMap<PlannedCall, boolean>
  readonly intent: TurnIntent
}

function mayStart(call: PlannedCall, { calls, pending, siblings, succeeded, intent }: Moment): boolean {
  if (call.dependsOn.some((needed) => succeeded.get(needed) !== true)) return false
  const oneByOne = intent.mode === 'serial' || intent.isSerialising
  const workers = oneByOne ? 1 : (intent.concurrency ?? Number.POSITIVE_INFINITY)
  if (siblings.length >= workers) return false
  const before = calls.slice(0, calls.indexOf(call))
  const isOpen = (other: PlannedCall): boolean => pending.includes(other) || siblings.includes(other)
  if (oneByOne) return !before.some((other) => pending.includes(other))
  if (intent.mode === 'parallel') return true
  return isRead(call) ? !before.some((other) => !isRead(other) && isOpen(other)) : !before.some(isOpen)
}

function isRead(call: PlannedCall): boolean {
  return TOOL_SPECS[call.tool].effect === 'read'
}

function runAttempts(
  call: PlannedCall,
  firstStartMs: number,
  siblings: readonly PlannedCall[],
  intent: TurnIntent,
  chance: Chance,
): RanAttempt[] {
  const ran: RanAttempt[] = []
  let startMs = firstStartMs
  for (let attempt = 1; attempt <= intent.maxAttempts; attempt++) {
    const draw = chance.drawAttempt(call, startMs, siblings)
    if (intent.deadlineMs !== null && draw.durationMs > intent.deadlineMs) {
      // A timer never fires early, and rarely on the dot.
      const durationMs = intent.deadlineMs + chance.drawDispatchMs()
      ran.push({ call, attempt, startMs, durationMs, outcome: 'timeout', errorCode: 'deadline' })
      break
    }
    const outcome = draw.errorCode === null ? 'ok' : 'error'
    ran.push({ call, attempt, startMs, durationMs: draw.durationMs, outcome, errorCode: draw.errorCode })
    if (outcome === 'ok' || !draw.isRetriable) break
    startMs += draw.durationMs + chance.drawBackoffMs()
  }
  return ran
}

/** Ends what runs at the instant of cancellation, and takes away what would have started after it. */
function cutAt(
  call: PlannedCall,
  ran: readonly RanAttempt[],
  cancelAfterMs: number | null,
): SimulatedAttempt[] {
  const endMs = cancelAfterMs ?? Number.POSITIVE_INFINITY
  const kept = ran
    .filter((attempt) => attempt.startMs < endMs)
    .map((attempt): SimulatedAttempt => {
      if (attempt.startMs + attempt.durationMs <= endMs) return attempt
      return { ...attempt, durationMs: endMs - attempt.startMs, outcome: 'cancelled', errorCode: 'aborted' }
    })
  if (kept.length > 0) return kept
  const errorCode = ran.length > 0 ? 'aborted' : 'dependency-failed'
  return [{ call, attempt: 1, startMs: null, durationMs: null, outcome: 'never-ran', errorCode }]
}
