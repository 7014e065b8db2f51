import type { Call } from '#lib/model/batch.ts'
import type { Effect } from '#lib/model/vocabulary.ts'

/*
 * Calls of one batch that ran at the same time on the same resource.
 *
 *     a  ├── orders/1042 ──┤            write
 *     b        ├── orders ──┤           read      -> conflict: `orders` contains `orders/1042`
 *
 * - Two calls conflict when they overlap for longer than no time, touch one resource or one that contains
 *   the other's, and at least one of them writes. Two reads never conflict.
 * - Where nothing is known of an effect the finding is `possible`, never `certain` and never left out.
 * - Attempts of one call do not conflict with each other.
 * - Each pair of calls is reported once, with its longest overlap and every resource that it shares.
 * - Permuting the calls changes nothing.
 */

export type ConflictCall = Pick<
  Call,
  'callId' | 'seq' | 'tool' | 'effect' | 'resources' | 'startUs' | 'durationUs'
>

export interface Conflict {
  /** The call that was emitted first, then the other. */
  readonly callIds: readonly [string, string]
  readonly tools: readonly [string, string]
  readonly effects: readonly [Effect, Effect]
  /** `possible` when one effect is unknown and no write is certain to be among them. */
  readonly certainty: 'certain' | 'possible'
  /** The more general path of each pair that met; sorted. */
  readonly resources: readonly string[]
  /** The longest time that two attempts of them ran side by side. */
  readonly overlapUs: number
}

export interface Conflicts {
  /** By overlap, longest first. */
  readonly found: readonly Conflict[]
  /** The search stopped at its limit: there are more. */
  readonly truncated: boolean
}

interface Access {
  readonly call: ConflictCall
  readonly startUs: number
  readonly endUs: number
  readonly path: string
}

/** Enough to show that a batch is in trouble; a crowd on one resource has as many pairs as its square. */
const PAIR_LIMIT = 1000

/** O(n log n) in accesses plus the overlapping pairs that share a path, of which at most the limit are kept. */
export function findConflicts(calls: readonly ConflictCall[], limit = PAIR_LIMIT): Conflicts {
  const byPath = groupByPath(collectAccesses(calls))
  const pairs = new Map<string, Conflict>()
  for (const accesses of byPath.values()) {
    const [first] = accesses
    if (!first) continue
    for (const ancestor of ancestorsOf(first.path)) {
      const above = byPath.get(ancestor)
      if (above && !meet(above, accesses, pairs, limit)) return conclude(calls, pairs, true)
    }
    if (!meetOwn(accesses, pairs, limit)) return conclude(calls, pairs, true)
  }
  return conclude(calls, pairs, false)
}

/** How many calls ran, and how many of them declare no resource at all: nothing can be said about those. */
export function countUndeclared(calls: readonly ConflictCall[]): { ran: number; undeclared: number } {
  const declares = new Map<string, boolean>()
  for (const { callId, startUs, resources } of calls) {
    if (startUs !== null) declares.set(callId, resources.length > 0 || declares.get(callId) === true)
  }
  let undeclared = 0
  for (const declared of declares.values()) if (!declared) undeclared++
  return { ran: declares.size, undeclared }
}

function collectAccesses(calls: readonly ConflictCall[]): Access[] {
  const accesses: Access[] = []
  for (const call of calls) {
    if (call.startUs === null || !call.durationUs) continue
    const paths = new Set(call.resources.map(normalisePath))
    for (const path of paths) {
      accesses.push({ call, startUs: call.startUs, endUs: call.startUs + call.durationUs, path })
    }
  }
  return accesses.sort((a, b) => a.startUs - b.startUs || compareEmission(a.call, b.call))
}

/** `/orders//1042/` is `orders/1042`; the root is empty and contains everything. */
export function normalisePath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/')
}

function* ancestorsOf(path: string): Generator<string> {
  if (path === '') return
  yield ''
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at)
}

function groupByPath(accesses: readonly Access[]): Map<string, Access[]> {
  const byPath = new Map<string, Access[]>()
  for (const access of accesses) {
    const group = byPath.get(access.path)
    if (group) group.push(access)
    else byPath.set(access.path, [access])
  }
  return byPath
}

/** Pairs within one path; accesses by start, so that whoever starts after an end ends the inner loop. */
function meetOwn(accesses: readonly Access[], pairs: Map<string, Conflict>, limit: number): boolean {
  const crowd = new Crowd()
  for (const access of accesses) {
    for (const other of crowd.overlapping(access)) if (!note(other, access, pairs, limit)) return false
    crowd.add(access)
  }
  return true
}

/** Pairs between a path and one that contains it: both by start, merged as they come. */
function meet(
  above: readonly Access[],
  below: readonly Access[],
  pairs: Map<string, Conflict>,
  limit: number,
): boolean {
  const crowdAbove = new Crowd()
  const crowdBelow = new Crowd()
  for (let a = 0, b = 0; a < above.length || b < below.length; ) {
    const upper = above[a]
    const lower = below[b]
    const upperFirst = upper !== undefined && (lower === undefined || upper.startUs <= lower.startUs)
    const access = upperFirst ? upper : lower
    if (!access) break
    for (const other of (upperFirst ? crowdBelow : crowdAbove).overlapping(access)) {
      if (!note(other, access, pairs, limit)) return false
    }
    if (upperFirst) {
      crowdAbove.add(access)
      a++
    } else {
      crowdBelow.add(access)
      b++
    }
  }
  return true
}

/** Accesses still running, writers and readers apart: a read among a thousand reads meets nobody. */
class Crowd {
  private readers: Access[] = []
  private others: Access[] = []

  overlapping(access: Access): Access[] {
    this.others = this.others.filter((other) => other.endUs > access.startUs)
    if (access.call.effect === 'read') return this.others
    this.readers = this.readers.filter((other) => other.endUs > access.startUs)
    return [...this.others, ...this.readers]
  }

  add(access: Access): void {
    if (access.call.effect === 'read') this.readers.push(access)
    else this.others.push(access)
  }
}

/** False when there is no room for another pair. */
function note(a: Access, b: Access, pairs: Map<string, Conflict>, limit: number): boolean {
  if (a.call.callId === b.call.callId) return true
  // Attempts of one call may differ in what they declare, so the order is that of the ids until the end.
  const [first, second] = a.call.callId < b.call.callId ? [a, b] : [b, a]
  const key = JSON.stringify([first.call.callId, second.call.callId])
  const known = pairs.get(key)
  if (!known && pairs.size >= limit) return false
  const resource = a.path.length <= b.path.length ? a.path : b.path
  const certain = known?.certainty === 'certain' || writes(a.call.effect) || writes(b.call.effect)
  pairs.set(key, {
    callIds: [first.call.callId, second.call.callId],
    tools: [first.call.tool, second.call.tool],
    effects: [
      stronger(known?.effects[0], first.call.effect),
      stronger(known?.effects[1], second.call.effect),
    ],
    certainty: certain ? 'certain' : 'possible',
    resources: [...new Set([...(known?.resources ?? []), resource === '' ? '/' : resource])].sort(),
    overlapUs: Math.max(known?.overlapUs ?? 0, Math.min(a.endUs, b.endUs) - Math.max(a.startUs, b.startUs)),
  })
  return true
}

const STRENGTH: readonly Effect[] = ['read', 'unknown', 'write', 'read-modify-write']

function stronger(known: Effect | undefined, effect: Effect): Effect {
  return known !== undefined && STRENGTH.indexOf(known) > STRENGTH.indexOf(effect) ? known : effect
}

function writes(effect: Effect): boolean {
  return effect === 'write' || effect === 'read-modify-write'
}

/** Longest overlap first; within a pair, the call that was emitted first. */
function conclude(
  calls: readonly ConflictCall[],
  pairs: ReadonlyMap<string, Conflict>,
  truncated: boolean,
): Conflicts {
  const emitted = new Map<string, number>()
  for (const { callId, seq } of calls) emitted.set(callId, Math.min(seq, emitted.get(callId) ?? seq))
  const seqOf = (callId: string) => emitted.get(callId) ?? 0
  const found = Array.from(pairs.values(), (conflict) => {
    const [a, b] = conflict.callIds
    return seqOf(a) <= seqOf(b) ? conflict : turned(conflict)
  })
  return { found: found.sort(compareConflicts), truncated }
}

function turned({ callIds, tools, effects, ...rest }: Conflict): Conflict {
  return {
    callIds: [callIds[1], callIds[0]],
    tools: [tools[1], tools[0]],
    effects: [effects[1], effects[0]],
    ...rest,
  }
}

function compareConflicts(a: Conflict, b: Conflict): number {
  return (
    b.overlapUs - a.overlapUs ||
    compareText(a.callIds[0], b.callIds[0]) ||
    compareText(a.callIds[1], b.callIds[1])
  )
}

function compareEmission(a: ConflictCall, b: ConflictCall): number {
  return a.seq - b.seq || compareText(a.callId, b.callId)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
