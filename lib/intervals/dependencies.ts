import type { TimedCall } from '#lib/model/batch.ts'
import { findCyclicEdges } from './cyclic-edges.ts'
import { compareByEmission, orderIndices } from './order.ts'

/** A declared edge that takes no part in the schedule, and why. */
export interface IgnoredDependency {
  readonly callId: string
  readonly dependsOn: string
  readonly reason: 'unknown' | 'self' | 'cycle'
}

export interface Dependencies {
  /** For each call, by index, the indices of those that must end before it starts; null when nobody waits. */
  readonly prerequisites: readonly (readonly number[])[] | null
  /** Each edge once, in order of emission. */
  readonly ignored: readonly IgnoredDependency[]
}

const NONE: Dependencies = { prerequisites: null, ignored: [] }

/** True when the call neither waits for another nor can continue an earlier attempt. */
export function isIndependent(call: Pick<TimedCall, 'attempt' | 'dependsOn'>): boolean {
  return call.dependsOn.length === 0 && call.attempt === 1
}

/**
 * Resolves `dependsOn` to calls. To depend on an id is to wait for its last attempt; an attempt waits for
 * the one recorded before it. An edge to an unknown id, to the call itself, or closing a cycle with the
 * edges taken before it (in order of emission) is ignored and reported.
 */
export function resolveDependencies(calls: readonly TimedCall[]): Dependencies {
  if (calls.every(isIndependent)) return NONE
  const order = orderIndices(calls, compareByEmission)
  const groups = groupAttempts(calls, order)
  const edges = collectEdges(calls, order, groups.of)
  const reasons = judgeEdges(groups.attempts.length, edges)
  const prerequisites: number[][] = calls.map(() => [])
  for (const members of groups.attempts) {
    for (let i = 1; i < members.length; i++) {
      prerequisites[members[i] as number]?.push(members[i - 1] as number)
    }
  }
  for (const [position, { index, to }] of edges.entries()) {
    if (!reasons[position]) prerequisites[index]?.push(groups.attempts[to]?.at(-1) as number)
  }
  return {
    prerequisites: prerequisites.some((list) => list.length > 0) ? prerequisites : null,
    ignored: reportIgnored(calls, groups.attempts, edges, reasons),
  }
}

/** Calls of one id are one group: its members' indices, lowest attempt first. */
function groupAttempts(calls: readonly TimedCall[], order: readonly number[]) {
  const of = new Map<string, number>()
  const attempts: number[][] = []
  for (const index of order) {
    const { callId } = calls[index] as TimedCall
    const group = of.get(callId)
    if (group === undefined) {
      of.set(callId, attempts.length)
      attempts.push([index])
    } else {
      attempts[group]?.push(index)
    }
  }
  const attemptOf = (index: number) => (calls[index] as TimedCall).attempt
  for (const members of attempts) if (members.length > 1) members.sort((a, b) => attemptOf(a) - attemptOf(b))
  return { of, attempts }
}

interface DeclaredEdge {
  /** The call that declares it. */
  readonly index: number
  /** The groups at its ends; `to` is -1 for an unknown id. */
  readonly from: number
  readonly to: number
  readonly dependsOn: string
}

function collectEdges(
  calls: readonly TimedCall[],
  order: readonly number[],
  groupOf: ReadonlyMap<string, number>,
): DeclaredEdge[] {
  const edges: DeclaredEdge[] = []
  // A list may name one id many times; only the first counts.
  const declaredBy = new Int32Array(groupOf.size).fill(-1)
  for (const index of order) {
    const { callId, dependsOn } = calls[index] as TimedCall
    const from = groupOf.get(callId) as number
    for (const id of dependsOn) {
      const to = groupOf.get(id) ?? -1
      if (to >= 0 && declaredBy[to] === index) continue
      if (to >= 0) declaredBy[to] = index
      edges.push({ index, from, to, dependsOn: id })
    }
  }
  return edges
}

/** Why each edge is ignored; undefined where it is kept. */
function judgeEdges(
  groupCount: number,
  edges: readonly DeclaredEdge[],
): (IgnoredDependency['reason'] | undefined)[] {
  const reasons: (IgnoredDependency['reason'] | undefined)[] = edges.map((edge) =>
    edge.to < 0 ? 'unknown' : edge.to === edge.from ? 'self' : undefined,
  )
  const candidates = edges.map((_, position) => position).filter((position) => !reasons[position])
  const cyclic = findCyclicEdges(
    groupCount,
    candidates.map((position) => edges[position] as DeclaredEdge),
  )
  if (cyclic === null) return reasons
  for (const [at, position] of candidates.entries()) if (cyclic[at]) reasons[position] = 'cycle'
  return reasons
}

function reportIgnored(
  calls: readonly TimedCall[],
  attempts: readonly (readonly number[])[],
  edges: readonly DeclaredEdge[],
  reasons: readonly (IgnoredDependency['reason'] | undefined)[],
): IgnoredDependency[] {
  const ignored: IgnoredDependency[] = []
  const reported = new Set<string>()
  for (const [position, { index, from, to, dependsOn }] of edges.entries()) {
    const reason = reasons[position]
    if (!reason) continue
    // Only an unknown id, or one declared by several attempts, can come again.
    if (to < 0 || (attempts[from] as readonly number[]).length > 1) {
      const key = `${from} ${dependsOn}`
      if (reported.has(key)) continue
      reported.add(key)
    }
    ignored.push({ callId: (calls[index] as TimedCall).callId, dependsOn, reason })
  }
  return ignored
}
