import type { Policy } from '../batch.ts'
import { CORE, type Core } from '../core.ts'
import { keysOf, read, toInt } from '../guard.ts'
import { parsePolicy, toDeadline, UNDECLARED } from '../policy.ts'
import type { Parascope, ToolPolicy, TurnContext } from '../types.ts'

/** What every adapter takes beside the framework's own things. */
export interface AdapterOptions {
  /** What the tools do, by the names that the model knows. An undeclared tool counts as a write. */
  readonly policies?: Readonly<Record<string, ToolPolicy>> | undefined
  /** How many calls of one model response may run at once. Default: no cap. */
  readonly concurrency?: number | undefined
  /** From a call's own start to its `TimeoutError`, at which its signal aborts. Default: none. */
  readonly deadlineMs?: number | undefined
  /** Facts of the turn that the framework does not tell, such as the `runId`; asked anew for each batch. */
  readonly context?: TurnContext | (() => TurnContext) | undefined
}

/** The options after checking. */
export interface Plan {
  readonly concurrency: number | null
  readonly deadlineMs: number | null
  readonly toolCaps: ReadonlyMap<string, number>
  policyOf(tool: string): Policy
  /** The host's facts of the turn; none when its function throws. */
  context(): unknown
}

/** The core of a scope; null for anything else, whose tools are then left as they are. */
export function coreOf(scope: Parascope): Core | null {
  return (read(scope, CORE as never) as Core | undefined) ?? null
}

export function parsePlan(core: Core, options: AdapterOptions | undefined): Plan {
  const policies = new Map<string, Policy>()
  const toolCaps = new Map<string, number>()
  const declared = read(options, 'policies')
  for (const tool of keysOf(declared)) {
    const policy = parsePolicy(tool, read(declared, tool), core.diagnose)
    policies.set(tool, policy)
    if (policy.maxConcurrency !== null) toolCaps.set(tool, policy.maxConcurrency)
  }
  const concurrency = read(options, 'concurrency') ?? null
  const cap = toInt(concurrency, 1)
  if (cap !== concurrency && concurrency !== Number.POSITIVE_INFINITY) {
    core.diagnose('config-concurrency', 'concurrency is not usable: ignored')
  }
  const context = read(options, 'context')
  return {
    concurrency: cap,
    deadlineMs: toDeadline(read(options, 'deadlineMs')),
    toolCaps,
    policyOf: (tool) => policies.get(tool) ?? UNDECLARED,
    context() {
      if (typeof context !== 'function') return context
      try {
        return context()
      } catch (error) {
        core.threw('context', error)
        return undefined
      }
    },
  }
}
