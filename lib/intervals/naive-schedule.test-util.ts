import type { TimedCall } from '#lib/model/batch.ts'
import type { ScheduledBatch } from './list-scheduler.ts'

/*
 * The scheduling rules as literally and as slowly as possible, to check the fast ones by: no shared code,
 * no data structure but arrays, everything looked up again at each instant.
 */

type Edge = readonly [from: string, to: string]

const byEmission = (a: TimedCall, b: TimedCall) =>
  a.seq - b.seq || a.attempt - b.attempt || (a.callId < b.callId ? -1 : 1)
const byStart = (a: TimedCall, b: TimedCall) => (a.startUs ?? 0) - (b.startUs ?? 0) || byEmission(a, b)
const ran = (call: TimedCall) => call.startUs !== null
const early = (call: TimedCall) => call.startUs !== null && call.startUs < 0

function reaches(edges: readonly Edge[], from: string, to: string, seen: readonly string[] = []): boolean {
  if (from === to) return true
  if (seen.includes(from)) return false
  return edges.some(([tail, head]) => tail === from && reaches(edges, head, to, [...seen, from]))
}

function keptEdges(calls: readonly TimedCall[]): Edge[] {
  const kept: Edge[] = []
  for (const call of calls.toSorted(byEmission)) {
    for (const id of call.dependsOn) {
      if (calls.some((other) => other.callId === id) && !reaches(kept, id, call.callId))
        kept.push([call.callId, id])
    }
  }
  return kept
}

/** For each call the calls that it waits for. */
function prerequisitesOf(calls: readonly TimedCall[]): Map<TimedCall, TimedCall[]> {
  const kept = keptEdges(calls)
  const lastOf = (list: readonly TimedCall[]) => list.toSorted((a, b) => b.attempt - a.attempt).slice(0, 1)
  return new Map(
    calls.map((call) => {
      const before = lastOf(
        calls.filter((other) => other.callId === call.callId && other.attempt < call.attempt),
      )
      const declared = call.dependsOn
        .filter((id) => kept.some(([from, to]) => from === call.callId && to === id))
        .flatMap((id) => lastOf(calls.filter((other) => other.callId === id)))
      return [call, [...before, ...declared]]
    }),
  )
}

function narrowest(a: TimedCall['mode'], b: TimedCall['mode']): string {
  if (a === 'serial' || b === 'serial') return 'serial'
  return a === 'reads-only' || b === 'reads-only' ? 'reads-only' : 'parallel'
}

/** Whether the modes let two calls run at the same time. */
export function mayOverlap(batch: ScheduledBatch, a: TimedCall, b: TimedCall): boolean {
  const modes = [narrowest(batch.mode, a.mode), narrowest(batch.mode, b.mode)]
  if (modes.includes('serial')) return false
  return !modes.includes('reads-only') || (a.effect === 'read' && b.effect === 'read')
}

function placeInOrder(batch: ScheduledBatch, prerequisites: Map<TimedCall, TimedCall[]>): TimedCall[] {
  const compare = batch.mode === 'reads-only' || batch.mode === 'serial' ? byEmission : byStart
  const sorted = batch.calls.toSorted((a, b) => Number(early(b)) - Number(early(a)) || compare(a, b))
  const keptApart = batch.calls.some((call) => narrowest(batch.mode, call.mode) !== 'parallel')
  if (batch.mode === 'serial' || !keptApart) return sorted.filter(ran)
  const left = [...sorted.filter((call) => !ran(call)), ...sorted.filter(ran)]
  const placed: TimedCall[] = []
  while (left.length > 0) {
    const next = left.findIndex(
      (call) => early(call) || (prerequisites.get(call) ?? []).every((p) => placed.includes(p)),
    )
    placed.push(...left.splice(next, 1))
  }
  return placed.filter(ran)
}

/** Ideal start of each call that ran. */
export function scheduleNaively(batch: ScheduledBatch): Map<TimedCall, number> {
  const prerequisites = prerequisitesOf(batch.calls)
  const order = placeInOrder(batch, prerequisites)
  const workers = batch.mode === 'serial' ? 1 : (batch.concurrency ?? Number.POSITIVE_INFINITY)
  const starts = new Map<TimedCall, number>()
  for (const call of order) if (early(call)) starts.set(call, call.startUs ?? 0)
  const settledAt = (call: TimedCall): number => (ran(call) ? endOf(call) : readyAt(call))
  const readyAt = (call: TimedCall) => Math.max(0, ...(prerequisites.get(call) ?? []).map(settledAt))
  const heldUntil = (call: TimedCall) => readyAt(call) + (call.heldUs ?? 0)
  const endOf = (call: TimedCall) => (starts.get(call) ?? Number.POSITIVE_INFINITY) + (call.durationUs ?? 0)
  for (let now = 0; starts.size < order.length; ) {
    const over = (call: TimedCall): boolean =>
      ran(call) ? endOf(call) <= now : (prerequisites.get(call) ?? []).every(over)
    const running = [...starts.keys()].filter((call) => !over(call))
    const mayStart = (call: TimedCall, rank: number) =>
      !starts.has(call) &&
      (prerequisites.get(call) ?? []).every(over) &&
      heldUntil(call) <= now &&
      running.length < workers &&
      running.filter((other) => other.tool === call.tool).length <
        (batch.toolCaps?.get(call.tool) ?? Number.POSITIVE_INFINITY) &&
      (batch.mode === 'serial' ||
        order.slice(0, rank).every((other) => over(other) || mayOverlap(batch, call, other)))
    const next = order.find(mayStart)
    if (next) starts.set(next, now)
    else {
      const held = order.filter((call) => !starts.has(call) && heldUntil(call) > now)
      now = Math.min(...running.map(endOf), ...held.map(heldUntil))
    }
  }
  return starts
}
