import type { Call } from '#lib/model/batch.ts'
import { findConflicts } from './conflicts.ts'

/*
 * What one batch says of each two of its tools, and of each tool beside itself. Counts only, so that batches can
 * be added and taken away.
 */

/** Every count of a pair, in the order in which they are stored: append, never reorder. */
export const PAIR_COUNTERS = [
  /** Batches that hold both; of a pair of a tool with itself: batches that hold the tool. */
  'together',
  /** Those in which calls of both ran at the same time. */
  'overlapped',
  /** Those in which the first was emitted before the second. */
  'inOrder',
  /** Those in which certain writes met on a resource, and those in which an unknown effect may have been one. */
  'conflicts',
  'possibleConflicts',
  /** Batches in which the first failed, while the second ran and while it did not; of a tool alone: failed at all. */
  'firstFailedBeside',
  'firstFailedApart',
  'secondFailedBeside',
  'secondFailedApart',
  /** Of a tool alone: calls that were tried again, and calls that came twice with the same arguments. */
  'retried',
  'repeated',
  /** Of a tool alone: calls that ended in error, timeout or cancellation, and may have stopped half-way. */
  'interrupted',
  /** Of a tool alone: all of its calls, and those that named a resource. */
  'calls',
  'declaring',
] as const
export type PairCounter = (typeof PAIR_COUNTERS)[number]
export type PairCounts = Record<PairCounter, number>

/** Of tools in alphabetical order; the same twice for a tool alone. */
export interface PairObservation {
  readonly first: string
  readonly second: string
  readonly counts: PairCounts
}

/** Pairs grow as the square: of a batch with more tools the first in the alphabet are compared. */
const MAX_TOOLS = 24

type PairCall = Pick<
  Call,
  | 'callId'
  | 'attempt'
  | 'seq'
  | 'tool'
  | 'effect'
  | 'resources'
  | 'startUs'
  | 'durationUs'
  | 'outcome'
  | 'argsFp'
>

/** O(t² c) for t distinct tools and c calls, t bounded. */
export function observePairs(calls: readonly PairCall[]): PairObservation[] {
  const byTool = Map.groupBy(calls, (call) => call.tool)
  const tools = [...byTool.keys()].sort().slice(0, MAX_TOOLS)
  const conflicts = tools.length > 1 || calls.length > 1 ? countConflicts(calls) : null
  return tools.flatMap((first, i) =>
    tools.slice(i).map((second) => {
      const of = byTool.get(first) as PairCall[]
      const counts = first === second ? observeTool(of) : observePair(of, byTool.get(second) as PairCall[])
      const met = conflicts?.get(`${first}\n${second}`)
      if (met) counts[met === 'certain' ? 'conflicts' : 'possibleConflicts'] = 1
      return { first, second, counts }
    }),
  )
}

export function createPairCounts(): PairCounts {
  return Object.fromEntries(PAIR_COUNTERS.map((name) => [name, 0])) as PairCounts
}

/** The stronger of what was found of each two tools. */
function countConflicts(calls: readonly PairCall[]): Map<string, 'certain' | 'possible'> {
  const met = new Map<string, 'certain' | 'possible'>()
  for (const { tools, certainty } of findConflicts(calls).found) {
    const key = [...tools].sort().join('\n')
    if (certainty === 'certain' || !met.has(key)) met.set(key, certainty)
  }
  return met
}

function observeTool(calls: readonly PairCall[]): PairCounts {
  const counts = createPairCounts()
  counts.together = 1
  counts.calls = calls.length
  counts.declaring = calls.filter((call) => call.resources.length > 0).length
  counts.retried = calls.filter((call) => call.attempt > 1).length
  counts.repeated = countRepeated(calls)
  counts.firstFailedApart = failed(calls)
  counts.interrupted = calls.filter((call) => INTERRUPTED.has(call.outcome)).length
  counts.overlapped = calls.some((call, i) => calls.slice(i + 1).some((other) => overlap(call, other)))
    ? 1
    : 0
  return counts
}

const INTERRUPTED: ReadonlySet<Call['outcome']> = new Set(['error', 'timeout', 'cancelled'])

/** Calls beyond the first with the same arguments; nothing is said of calls whose arguments nobody hashed. */
function countRepeated(calls: readonly PairCall[]): number {
  const firsts = calls.filter((call) => call.attempt === 1 && call.argsFp.length > 0)
  return firsts.length - new Set(firsts.map((call) => [...call.argsFp].sort().join())).size
}

function observePair(ofFirst: readonly PairCall[], ofSecond: readonly PairCall[]): PairCounts {
  const counts = createPairCounts()
  counts.together = 1
  counts.inOrder = lowestSeq(ofFirst) < lowestSeq(ofSecond) ? 1 : 0
  const beside = (call: PairCall, others: readonly PairCall[]) => others.some((other) => overlap(call, other))
  counts.overlapped = ofFirst.some((call) => beside(call, ofSecond)) ? 1 : 0
  counts[counts.overlapped ? 'firstFailedBeside' : 'firstFailedApart'] = failed(ofFirst)
  counts[counts.overlapped ? 'secondFailedBeside' : 'secondFailedApart'] = failed(ofSecond)
  return counts
}

function failed(calls: readonly PairCall[]): number {
  return calls.some((call) => FAILED.has(call.outcome)) ? 1 : 0
}

const FAILED: ReadonlySet<Call['outcome']> = new Set(['error', 'timeout'])

function overlap(a: PairCall, b: PairCall): boolean {
  if (a.startUs === null || b.startUs === null || a.callId === b.callId) return false
  return a.startUs < b.startUs + (b.durationUs ?? 0) && b.startUs < a.startUs + (a.durationUs ?? 0)
}

function lowestSeq(calls: readonly PairCall[]): number {
  return calls.reduce((lowest, call) => Math.min(lowest, call.seq), Number.POSITIVE_INFINITY)
}
