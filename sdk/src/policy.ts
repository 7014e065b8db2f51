import type { Policy } from './batch.ts'
import { read, toInt } from './guard.ts'
import type { Effect } from './types.ts'

const EFFECTS: readonly unknown[] = ['read', 'write', 'read-modify-write', 'unknown'] satisfies Effect[]
/** The longest delay that timers of JavaScript can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const UNDECLARED: Policy = { effect: null, resources: null, maxConcurrency: null, deadlineMs: null }

/** A delay to be obeyed; null when there is none, or none worth a timer. */
export function toDeadline(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value <= MAX_TIMER_MS ? value : null
}

/** Checks a tool's declarations. What is not usable counts as undeclared and is told. */
export function parsePolicy(
  tool: string,
  declared: unknown,
  diagnose: (code: string, message: string) => void,
): Policy {
  const effect = read(declared, 'effect') ?? null
  const resources = read(declared, 'resources') ?? null
  const cap = read(declared, 'maxConcurrency') ?? null
  const deadline = read(declared, 'deadlineMs') ?? null
  const policy: Policy = {
    effect: EFFECTS.includes(effect) ? (effect as Effect) : null,
    resources: typeof resources === 'function' ? (args) => resources.call(declared, args) : null,
    maxConcurrency: toInt(cap, 1),
    deadlineMs: toDeadline(deadline),
  }
  const isWrong =
    effect !== policy.effect ||
    (resources !== null && policy.resources === null) ||
    (cap !== policy.maxConcurrency && cap !== Number.POSITIVE_INFINITY)
  if (isWrong) diagnose('config-tool', `a declaration of ${tool} is not usable: ignored`)
  return policy
}
