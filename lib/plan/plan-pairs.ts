import { normalisePath } from '#lib/coupling/conflicts.ts'
import { resolveDependencies } from '#lib/intervals/dependencies.ts'
import { narrowestMode } from '#lib/intervals/overlap-rules.ts'
import type { Call, Intent } from '#lib/model/batch.ts'
import { siblingsMarked } from '#lib/model/marks.ts'
import type { Effect, Mode } from '#lib/model/vocabulary.ts'

/*
 * What the intent of a batch says of each pair of its calls, and what the two then did.
 *
 * The plan is the runtime's. It is on record as modes, caps, edges and effects; nothing here plans anew. Why two
 * calls are apart is read off in the order in which a person would ask: the mode, an edge, a rule of their own,
 * a cap; and where nothing keeps them apart, what speaks for it.
 */

export const APART_REASONS = [
  'serial',
  'same-resource',
  'writes-in-turn',
  'depends',
  'by-way',
  'own-serial',
  'unclassified',
  'write-alone',
  'tool-cap',
  'cap',
] as const
export const TOGETHER_REASONS = ['soft', 'reads', 'disjoint', 'undeclared'] as const
export type PlanReason = (typeof APART_REASONS)[number] | (typeof TOGETHER_REASONS)[number]

/** One call, all attempts together. */
export interface PlannedCall {
  readonly callId: string
  readonly seq: number
  readonly tool: string
  readonly effect: Effect
}

export interface PlannedPair {
  /** In order of emission. */
  readonly first: PlannedCall
  readonly second: PlannedCall
  readonly reason: PlanReason
  /** What the reason speaks of: a path, a tool. */
  readonly detail: string | null
  /** The plan keeps them apart. */
  readonly apart: boolean
  /** How long attempts of the two ran side by side; null when one of them never ran. */
  readonly overlapUs: number | null
}

export interface PairPlan {
  readonly pairs: readonly PlannedPair[]
  /** Calls beyond the bound were left out. */
  readonly truncated: boolean
}

/** Pairs grow with the square; beyond this nobody reads them. */
const MAX_CALLS = 150

interface Member extends PlannedCall {
  readonly mode: Mode
  readonly resources: readonly string[]
  readonly soft: readonly string[]
  readonly runs: readonly { readonly startUs: number; readonly endUs: number }[]
}

interface Edges {
  readonly direct: ReadonlySet<string>
  readonly reached: ReadonlyMap<string, ReadonlySet<string>>
}

/** The plan for each pair of calls, in order of emission. A mode of null counts as parallel. */
export function planPairs(intent: Intent, calls: readonly Call[]): PairPlan {
  const all = toMembers(intent, calls)
  const members = all.slice(0, MAX_CALLS)
  const edges = findEdges(calls, new Set(members.map(({ callId }) => callId)))
  const pairs: PlannedPair[] = []
  for (const [j, second] of members.entries()) {
    for (const first of members.slice(0, j)) {
      const [reason, detail] = whyApart(intent, edges, first, second) ?? whyTogether(first, second)
      const apart = (APART_REASONS as readonly PlanReason[]).includes(reason)
      pairs.push({ first, second, reason, detail, apart, overlapUs: measureOverlap(first, second) })
    }
  }
  return { pairs, truncated: all.length > members.length }
}

function toMembers(intent: Intent, calls: readonly Call[]): Member[] {
  const byId = new Map<string, Call[]>()
  for (const call of calls) {
    const attempts = byId.get(call.callId)
    if (attempts === undefined) byId.set(call.callId, [call])
    else attempts.push(call)
  }
  const members = Array.from(byId.values(), (attempts): Member => {
    const [call] = attempts as [Call]
    return {
      callId: call.callId,
      seq: call.seq,
      tool: call.tool,
      effect: call.effect,
      mode: narrowestMode(intent.mode, call.mode),
      resources: attempts.flatMap(({ resources }) => resources.map(normalisePath)),
      soft: siblingsMarked(
        attempts.flatMap(({ marks }) => marks),
        'soft',
      ),
      runs: attempts.flatMap(({ startUs, durationUs }) =>
        startUs === null || durationUs === null ? [] : [{ startUs, endUs: startUs + durationUs }],
      ),
    }
  })
  return members.sort((a, b) => a.seq - b.seq)
}

/** Edges between `ids` that take part in the schedule, and what each call comes after by way of others. */
function findEdges(calls: readonly Call[], ids: ReadonlySet<string>): Edges {
  const { prerequisites } = resolveDependencies(calls)
  const direct = new Set<string>()
  const next = new Map<string, Set<string>>()
  for (const [index, list] of (prerequisites ?? []).entries()) {
    const { callId } = calls[index] as Call
    for (const other of list) {
      const to = (calls[other] as Call).callId
      if (to === callId || !ids.has(callId) || !ids.has(to)) continue
      direct.add(edgeKey(callId, to))
      next.set(callId, (next.get(callId) ?? new Set()).add(to))
    }
  }
  const reached = new Map<string, Set<string>>()
  for (const from of next.keys()) {
    const seen = new Set<string>()
    for (const pending = [...(next.get(from) ?? [])]; pending.length > 0; ) {
      const node = pending.pop() as string
      if (seen.has(node)) continue
      seen.add(node)
      pending.push(...(next.get(node) ?? []))
    }
    reached.set(from, seen)
  }
  return { direct, reached }
}

const edgeKey = (from: string, to: string) => JSON.stringify([from, to])
const writes = ({ effect }: Member) => effect !== 'read'

function whyApart(
  intent: Intent,
  { direct, reached }: Edges,
  a: Member,
  b: Member,
): [PlanReason, string | null] | null {
  if (intent.mode === 'serial') return ['serial', null]
  const shared = sharedResource(a, b)
  if (direct.has(edgeKey(b.callId, a.callId)) || direct.has(edgeKey(a.callId, b.callId))) {
    if (shared !== null && (writes(a) || writes(b))) return ['same-resource', shared]
    return writes(a) && writes(b) ? ['writes-in-turn', null] : ['depends', null]
  }
  if (reached.get(b.callId)?.has(a.callId) || reached.get(a.callId)?.has(b.callId)) return ['by-way', null]
  if (a.mode === 'serial' || b.mode === 'serial') return ['own-serial', (a.mode === 'serial' ? a : b).tool]
  if (a.mode === 'reads-only' || b.mode === 'reads-only') {
    const write = [a, b].find(writes)
    if (write !== undefined) return [write.effect === 'unknown' ? 'unclassified' : 'write-alone', write.tool]
  }
  if (a.tool === b.tool && intent.toolCaps?.get(a.tool) === 1) return ['tool-cap', a.tool]
  return intent.concurrency === 1 ? ['cap', null] : null
}

function whyTogether(a: Member, b: Member): [PlanReason, string | null] {
  if (b.soft.includes(a.callId) || a.soft.includes(b.callId)) return ['soft', null]
  if (!writes(a) && !writes(b)) return ['reads', null]
  const areDeclared = a.resources.length > 0 && b.resources.length > 0
  return areDeclared && sharedResource(a, b) === null
    ? ['disjoint', null]
    : ['undeclared', sharedResource(a, b)]
}

/** The more general of the first two paths of which one contains the other. */
function sharedResource(a: Member, b: Member): string | null {
  const holds = (top: string, path: string) => top === '' || path === top || path.startsWith(`${top}/`)
  for (const x of a.resources) {
    for (const y of b.resources) {
      if (holds(x, y)) return x || '/'
      if (holds(y, x)) return y || '/'
    }
  }
  return null
}

function measureOverlap(a: Member, b: Member): number | null {
  if (a.runs.length === 0 || b.runs.length === 0) return null
  let overlapUs = 0
  for (const x of a.runs) {
    for (const y of b.runs) {
      overlapUs += Math.max(0, Math.min(x.endUs, y.endUs) - Math.max(x.startUs, y.startUs))
    }
  }
  return overlapUs
}
