import type { Core } from '../core.ts'
import type { ToolPlan } from './options.ts'
import type { LintFinding } from './types.ts'

const MAX_TOOLS = 1_000

interface Seen {
  /** Without an effect. */
  readonly unclassified: Set<string>
  /** Writes that do not say what they touch. */
  readonly blind: Set<string>
}

/** What each scope's policy executors have called. */
const seenBy = new WeakMap<Core, Seen>()

/** Remembers a tool that was called and could not be planned around. */
export function noteForLint(core: Core, tool: string, { policy, resources }: ToolPlan): void {
  if (policy.effect === 'read' || (policy.effect !== null && resources !== null)) return
  let seen = seenBy.get(core)
  if (seen === undefined) {
    seen = { unclassified: new Set(), blind: new Set() }
    seenBy.set(core, seen)
  }
  const tools = policy.effect === null ? seen.unclassified : seen.blind
  if (tools.size < MAX_TOOLS) tools.add(tool)
}

/** What the tools called so far leave undeclared, by name of tool; those of core executors once they are recorded. */
export function lintTools(core: Core): LintFinding[] {
  const seen = seenBy.get(core)
  const noEffect = Array.from(
    new Set([...(seen?.unclassified ?? []), ...core.stats().unclassified]),
    (tool): LintFinding => ({
      tool,
      problem: 'no-effect',
      advice: 'say whether it reads or writes: until then it counts as a write and runs alone',
    }),
  )
  const noResources = Array.from(
    seen?.blind ?? [],
    (tool): LintFinding => ({
      tool,
      problem: 'no-resources',
      advice: 'name the resources that it writes: until then it runs alone among its siblings',
    }),
  )
  return [...noEffect, ...noResources].sort((a, b) => (a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0))
}
