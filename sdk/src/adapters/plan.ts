import type { Policy } from '../batch.ts'
import { CORE, type Core } from '../core.ts'
import { keysOf, read, toInt } from '../guard.ts'
import { parsePolicy, toDeadline, UNDECLARED } from '../policy.ts'
import type { Parascope } from '../types.ts'
import type { AdapterOptions } from './options.ts'

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
