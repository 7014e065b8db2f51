import type { Batch, Entry } from '../batch.ts'
import type { Admission } from './breaker.ts'
import type { Pauses, ToolPlan } from './options.ts'
import type { PolicyEnvelope } from './types.ts'

/** One call of a batch with all of its attempts. */
export interface Leg {
  readonly plan: ToolPlan
  readonly call: unknown
  readonly givenId: unknown
  /** What stands in its place of the order: the first attempt, then those that may follow. */
  readonly attempts: readonly Entry[]
  /** The edges that were declared, and not found by the plan. */
  readonly declared: Set<string>
  readonly soft: readonly string[]
  readonly emptyArgs: readonly string[]
  readonly idempotencyKey: string | null
  /** By position in `attempts`. */
  at: number
  pauses: Pauses | null
  /** Since when a limit alone keeps it from starting, by the monotonic clock. */
  heldSince: number | null
  admission: Admission | null
  controller: AbortController | null
  /** What the attempt under way was stopped with, for a tool that asks for its signal later. */
  stopped: { readonly reason: unknown } | null
  cancelTimer: (() => void) | null
  /** How the attempt before ended, while a further one is due. */
  lastFailure: PolicyEnvelope | null
  envelope: PolicyEnvelope | null
  /** What it gave in the end, before any of it was cut. */
  result: unknown
}

/** The attempt that runs, waits, or ran last. */
export function currentOf(leg: Leg): Entry {
  return leg.attempts[leg.at] as Entry
}

const nothing = () => {}

/** Lets go of what is the host's in attempts that were not needed: the record, which waits, knows none of them. */
export function releaseUnused({ attempts, at }: Leg): void {
  const released = { args: undefined, start: nothing, gate: undefined, restore: undefined }
  for (const entry of attempts.slice(at + 1)) Object.assign(entry, released)
}

/**
 * Makes the entries that stand for a call: the first attempt, which is one of the batch's calls, and those that
 * may follow. They keep its place in the order, so that a retried write still holds back what comes after it;
 * they are part of the batch only once they begin.
 */
export function makeAttempts(batch: Batch, first: Entry, plan: ToolPlan): Entry[] {
  const attempts = [first]
  const size = batch.entries.length
  for (let attempt = 2; attempt <= (plan.retry?.attempts ?? 1); attempt++) {
    const entry = batch.enter(first.callId, first.tool, first.args, first.policy, first.start)
    // It waits for the one before.
    attempts.push(Object.assign(entry, { seq: first.seq, waits: 1, retryOf: attempts.at(-1) }))
  }
  batch.entries.length = size
  return attempts
}
