import type { Batch, Entry } from '../batch.ts'
import type { Core } from '../core.ts'
import { read, toList, toText } from '../guard.ts'
import { link, orderAfterPrerequisites } from '../schedule/dependencies.ts'
import { kindOf, tighter } from '../schedule/scheduler.ts'
import { findEmptyArgs } from './hints.ts'
import { type Leg, makeAttempts } from './leg.ts'
import { noteForLint } from './lint.ts'
import type { PolicyPlan } from './options.ts'
import { type PlannedCall, planBatch } from './plan.ts'

const MAX_DEPENDENCIES = 1_000

const idsIn = (value: unknown) => toList(value, MAX_DEPENDENCIES).map(toText).filter(Boolean)

/** Reads a call once, whatever it is, and gives it its place in the batch. */
export function enterCall(
  core: Core,
  plan: PolicyPlan,
  batch: Batch,
  call: unknown,
  start: (entry: Entry) => void,
): Leg {
  const ownId = read(call, 'callId')
  const givenId = ownId ?? `call#${batch.entries.length}`
  const tool = toText(read(call, 'tool')) || 'unknown'
  const toolPlan = plan.planOf(tool)
  const args = read(call, 'args')
  const first = batch.enter(toText(givenId), tool, args, toolPlan.policy, start)
  noteForLint(core, tool, toolPlan)
  first.group = toText(read(call, 'group')) || null
  first.dependsOn = idsIn(read(call, 'dependsOn'))
  const soft = idsIn(read(call, 'softDependsOn'))
  // A provider's id is unique within its run; one that was minted here is not.
  const minted = `${(ownId && batch.runId) || batch.id}:${first.callId}`
  const idempotencyKey = toolPlan.keyOf?.(call, minted) ?? null
  first.marks = [...(idempotencyKey === null ? [] : ['idempotency-key']), ...soft.map((id) => `soft:${id}`)]
  return {
    plan: toolPlan,
    call,
    givenId,
    attempts: makeAttempts(batch, first, toolPlan),
    declared: new Set(first.dependsOn),
    soft,
    emptyArgs: findEmptyArgs(args),
    idempotencyKey,
    at: 0,
    pauses: null,
    heldSince: null,
    admission: null,
    controller: null,
    stopped: null,
    cancelTimer: null,
    lastFailure: null,
    envelope: null,
    result: undefined,
  }
}

/**
 * Plans the batch: which calls run alone and which wait for which, by what they declare and what they touch.
 * Gives back every attempt in the order in which they are to be tried.
 */
export function arrange(plan: PolicyPlan, batch: Batch, legs: readonly Leg[]): Entry[] {
  const firsts = legs.map(({ attempts }) => attempts[0] as Entry)
  const planned = legs.map(({ plan: { policy, resources } }, i): PlannedCall => {
    const touched = resources?.((firsts[i] as Entry).args) ?? null
    ;(firsts[i] as Entry).resources = touched ?? []
    return { effect: policy.effect, resources: touched }
  })
  // A tighter mode keeps apart all that the plan would.
  const isOpen = batch.decision.mode === 'parallel'
  const groups = plan.groupsInOrder ? groupEdges(firsts) : []
  const isSole = groups.length === 0 && firsts.every(({ dependsOn }) => dependsOn.length === 0)
  const { alone, after } = isOpen ? planBatch(planned, plan.writes, isSole) : { alone: [], after: [] }
  for (const [i, isAlone] of alone.entries())
    if (isAlone) for (const entry of legs[i]?.attempts ?? []) isolate(entry)
  // One worker would take the next call while a retry pauses: in order means after its last attempt.
  if (batch.decision.mode === 'serial')
    for (const { attempts } of legs) for (const entry of attempts) entry.kind = 3
  linkCalls(firsts, (i) => [...(after[i] ?? []), ...(groups[i] ?? [])])
  const order = firsts.some(({ kind }) => kind > 1) ? orderAfterPrerequisites(firsts) : firsts
  return order.flatMap(({ seq }) => legs[seq]?.attempts ?? [])
}

function isolate(entry: Entry): void {
  entry.ownMode = tighter(entry.ownMode ?? 'parallel', 'reads-only')
  entry.kind = kindOf('parallel', entry.ownMode, false)
}

/** Each group waits for the one before it, in order of first mention; calls without a group wait for none. */
function groupEdges(firsts: readonly Entry[]): (readonly number[])[] {
  const groups = new Map<string, number[]>()
  for (const { group, seq } of firsts) {
    if (group === null) continue
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [seq])
    else members.push(seq)
  }
  const lists = [...groups.values()]
  const edges: (readonly number[])[] = firsts.map(() => [])
  for (const [g, members] of lists.entries()) {
    for (const member of members) edges[member] = (lists[g - 1] ?? []).slice(0, MAX_DEPENDENCIES)
  }
  return edges
}

/** Links by position, since ids may be there twice, and notes the edges that were taken for the record. */
function linkCalls(firsts: readonly Entry[], derived: (position: number) => readonly number[]): void {
  const byId = new Map<string, Entry>()
  for (const entry of firsts) if (!byId.has(entry.callId)) byId.set(entry.callId, entry)
  link(
    firsts,
    ({ dependsOn, seq }) => [...dependsOn.map((id) => `${byId.get(id)?.seq}`), ...derived(seq).map(String)],
    (position) => firsts[Number(position)],
  )
  for (const entry of firsts) {
    const taken = (entry.prerequisites ?? []).map(({ callId }) => callId)
    entry.dependsOn = [...new Set([...entry.dependsOn, ...taken])]
  }
}
