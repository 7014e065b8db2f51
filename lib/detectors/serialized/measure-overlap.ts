import { computeIdealSchedule } from '#lib/intervals/ideal-schedule.ts'
import type { Observation, ObservedCall } from '../observation.ts'

/** What a pair of tools did in one batch in which the intent let them run side by side. */
export interface PairOverlap {
  /** In the order of their names; twice the same for calls of one tool. */
  readonly first: string
  readonly second: string
  /** None of their calls overlapped. */
  readonly serial: boolean
  /** The shortest time between the end of a call of one and the start of a call of the other, ms. */
  readonly gapMs: number
}

/** Overlap that could have saved less than this says nothing: timers and dispatch take as long. */
const MIN_GAIN_MS = 60
const MIN_GAIN_SHARE = 0.04
/** Two calls are expected to meet for at least this long before they can be missed. */
const MIN_MEETING_MS = 50
/** A call that starts this much before another's end still waited for it: clocks skew and timers are coarse. */
const SLACK_MS = 20
/** Pairs grow as the square. */
const MAX_TOOLS = 12
const MAX_CALLS = 48

/**
 * The share of the overlap allowed by the intent that did not happen: 0 = all of it did, 1 = one after
 * another. It is (busy - ideal) / (sum - ideal), busy the time in which any call ran: pauses are not taken for
 * lost overlap. Null where overlap could have saved next to nothing.
 */
export function measureSerialShare(observation: Observation): number | null {
  const { sumMs, idealMs } = observation
  if (sumMs === null || idealMs === null) return null
  // A further attempt comes when its pause is over, whatever the others do: first attempts tell of overlap.
  if (observation.calls.some(({ attempt }) => attempt > 1)) return measureFirstAttempts(observation)
  return shareOf(observation.calls, sumMs, idealMs)
}

function measureFirstAttempts({ calls, concurrency, narrowed }: Observation): number | null {
  const first = calls.filter(({ attempt }) => attempt === 1)
  if (narrowed || (concurrency !== null && concurrency < first.length)) return null
  const durations = first.map(({ durationMs }) => durationMs)
  return shareOf(
    first,
    durations.reduce((sum, ms) => sum + ms, 0),
    Math.max(0, ...durations),
  )
}

function shareOf(calls: readonly ObservedCall[], sumMs: number, idealMs: number): number | null {
  const gainMs = sumMs - idealMs
  if (gainMs <= MIN_GAIN_MS || gainMs <= MIN_GAIN_SHARE * sumMs) return null
  let busyMs = 0
  let reachedMs = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of calls) {
    if (endMs <= reachedMs) continue
    busyMs += endMs - Math.max(startMs, reachedMs)
    reachedMs = endMs
  }
  return Math.min(1, Math.max(0, (busyMs - idealMs) / gainMs))
}

/** Pairs of tools that the intent let overlap, and whether they did. Empty where there are too many to tell. */
export function measurePairs(observation: Observation): PairOverlap[] {
  const { calls, concurrency, narrowed } = observation
  const isCapped = concurrency !== null && concurrency < calls.length
  // Under both, executors differ in whether a call that must wait for its tool holds a worker.
  if (calls.length > MAX_CALLS || (isCapped && narrowed)) return []
  const ideal = isCapped || narrowed ? idealStarts(observation) : null
  const pairs: PairOverlap[] = []
  const tools: string[] = []
  for (const { tool } of calls) if (!tools.includes(tool)) tools.push(tool)
  if (tools.length > MAX_TOOLS) return []
  const seen: (0 | 1 | 2)[] = new Array(tools.length * tools.length).fill(0)
  const gaps: number[] = new Array(seen.length).fill(0)
  for (let j = 1; j < calls.length; j++) {
    const later = calls[j] as ObservedCall
    if (later.attempt > 1) continue
    const b = tools.indexOf(later.tool)
    for (let i = 0; i < j; i++) {
      const earlier = calls[i] as ObservedCall
      const gapMs = later.startMs - earlier.endMs
      const isSerial = gapMs >= -SLACK_MS
      // Those that did overlap need no room for doubt.
      const neededMs = isSerial ? MIN_MEETING_MS : SLACK_MS
      if (earlier.attempt > 1 || meetingMs(earlier, later, i, j, ideal) < neededMs) continue
      const a = tools.indexOf(earlier.tool)
      const slot = a < b ? a * tools.length + b : b * tools.length + a
      if (seen[slot] === 0) gaps[slot] = gapMs
      else gaps[slot] = Math.min(gaps[slot] as number, gapMs)
      seen[slot] = isSerial && seen[slot] !== 2 ? 1 : 2
    }
  }
  for (const [slot, what] of seen.entries()) {
    if (what === 0) continue
    const a = tools[Math.floor(slot / tools.length)] as string
    const b = tools[slot % tools.length] as string
    const gapMs = gaps[slot] as number
    pairs.push(
      a <= b
        ? { first: a, second: b, serial: what === 1, gapMs }
        : { first: b, second: a, serial: what === 1, gapMs },
    )
  }
  return pairs
}

/** How long two calls would run side by side if each started as the intent allows. */
function meetingMs(
  one: ObservedCall,
  other: ObservedCall,
  i: number,
  j: number,
  ideal: readonly number[] | null,
): number {
  if (ideal === null) return Math.min(one.durationMs, other.durationMs)
  const oneMs = ideal[i] ?? 0
  const otherMs = ideal[j] ?? 0
  return Math.min(oneMs + one.durationMs, otherMs + other.durationMs) - Math.max(oneMs, otherMs)
}

/** By position in `calls`, ms from the hand-over. */
function idealStarts({ batch, calls }: Observation): number[] {
  const { startsUs } = computeIdealSchedule(batch)
  const byCall = new Map<string, number>()
  for (const [index, { callId, attempt }] of batch.calls.entries())
    byCall.set(`${attempt} ${callId}`, (startsUs[index] ?? 0) / 1000)
  return calls.map(({ callId, attempt }) => byCall.get(`${attempt} ${callId}`) ?? 0)
}
