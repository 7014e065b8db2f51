import type { Core } from '../core.ts'
import type { ToolPlan } from './options.ts'
import type { LintFinding } from './types.ts'

const MAX_TOOLS = 1_000
/** Writes of each scope's policy executors that do not say what they touch. */
const blindWrites = new WeakMap<Core, Set<string>>()

/** Remembers a tool that was called and could not be planned around. */
export function noteForLint(core: Core, { tool, policy, resources }: ToolPlan): void {
  if (policy.effect === null || policy.effect === 'read' || resources !== null) return
  const tools = blindWrites.get(core) ?? new Set()
  blindWrites.set(core, tools)
  if (tools.size < MAX_TOOLS) tools.add(tool)
}

/** What the tools called so far leave undeclared, by name of tool. */
export function lintTools(core: Core): LintFinding[] {
  const noEffect = core.stats().unclassified.map(
    (tool): LintFinding => ({
      tool,
      problem: 'no-effect',
      advice: 'say whether it reads or writes: until then it counts as a write and runs alone',
    }),
  )
  const noResources = Array.from(
    blindWrites.get(core) ?? [],
    (tool): LintFinding => ({
      tool,
      problem: 'no-resources',
      advice: 'name the resources that it writes: until then it runs alone among its siblings',
    }),
  )
  return [...noEffect, ...noResources].sort((a, b) => (a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0))
}
