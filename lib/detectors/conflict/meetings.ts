import { findConflicts } from '#lib/coupling/conflicts.ts'
import type { Observation, ObservedCall } from '../observation.ts'

/** What two tools, one of them writing, did in one batch. */
export interface Meeting {
  /** In the order of their names; twice the same for calls of one tool. */
  readonly first: string
  readonly second: string
  /** The resources that both touched at one time; empty when they only ran at one time. */
  readonly resources: readonly string[]
  /** The same write came twice. */
  readonly twice: boolean
  /** A path that each of them touched, by which chance meetings of other batches are counted. */
  readonly written: string
  readonly touched: string
}

/** Pairs grow as the square. */
const MAX_CALLS = 48
const SLASH = 47

/** Every pair of tools of which two calls ran at one time, both with resources and at least one a writer. */
export function findMeetings({ calls, batch }: Observation): Meeting[] {
  if (calls.length > MAX_CALLS) return []
  const meetings: Meeting[] = []
  let mayConflict = false
  for (const [i, writer] of calls.entries()) {
    if (!writes(writer)) continue
    for (const [j, other] of calls.entries()) {
      if (other.callId === writer.callId || (j < i && writes(other))) continue
      const twice = j > i && isSameWrite(writer, other)
      if (!twice && !(overlap(writer, other) && writer.resources.length > 0 && other.resources.length > 0))
        continue
      mayConflict ||= mayMeet(writer.resources, other.resources)
      add(meetings, writer, other, twice)
    }
  }
  return mayConflict ? withConflicts(meetings, batch.calls) : meetings
}

function writes({ effect }: ObservedCall): boolean {
  return effect === 'write' || effect === 'read-modify-write'
}

function overlap(one: ObservedCall, other: ObservedCall): boolean {
  return one.startMs < other.endMs && other.startMs < one.endMs
}

function add(meetings: Meeting[], writer: ObservedCall, other: ObservedCall, twice: boolean): void {
  const [first, second] = writer.tool <= other.tool ? [writer.tool, other.tool] : [other.tool, writer.tool]
  const at = meetings.findIndex((meeting) => meeting.first === first && meeting.second === second)
  if (at === -1) {
    const [written = '', touched = ''] = [writer.resources[0], other.resources[0]]
    meetings.push({ first, second, resources: [], twice, written, touched })
  } else if (twice) meetings[at] = { ...(meetings[at] as Meeting), twice }
}

/** Whether a path may be or contain another, at the cost of a comparison; never no where they do. */
function mayMeet(paths: readonly string[], others: readonly string[]): boolean {
  for (const path of paths) {
    if (isOdd(path)) return true
    for (const other of others)
      if (isOdd(other) || path.startsWith(other) || other.startsWith(path)) return true
  }
  return false
}

/** Not in the form in which paths can be compared as they are. */
function isOdd(path: string): boolean {
  return path.charCodeAt(0) === SLASH || path.includes('//')
}

function withConflicts(meetings: readonly Meeting[], calls: Observation['batch']['calls']): Meeting[] {
  const conflicts = findConflicts(calls).found.filter(({ certainty }) => certainty === 'certain')
  if (conflicts.length === 0) return [...meetings]
  return meetings.map((meeting) => {
    const resources = new Set<string>()
    for (const { tools, resources: shared } of conflicts) {
      const [one, other] = tools[0] <= tools[1] ? tools : [tools[1], tools[0]]
      if (one === meeting.first && other === meeting.second) for (const path of shared) resources.add(path)
    }
    return resources.size === 0 ? meeting : { ...meeting, resources: [...resources] }
  })
}

/** Two calls that a person would call the same: one tool, writing, the same resources, and the same
 * arguments as far as their fingerprints tell. */
function isSameWrite(one: ObservedCall, other: ObservedCall): boolean {
  if (one.tool !== other.tool || one.attempt > 1 || other.attempt > 1 || !writes(other)) return false
  if (!isSameSet(one.resources, other.resources)) return false
  return one.argsFp.length > 0 && isSameSet(one.argsFp, other.argsFp)
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((item) => others.includes(item))
}
