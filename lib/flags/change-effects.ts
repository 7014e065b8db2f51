import type { ModeRule } from '#lib/contract/mode.ts'
import {
  ANY_OTHER,
  computeHeldShare,
  computeModeShares,
  formatShares,
  SHARE_EPSILON,
  sameShares,
} from './mode-shares.ts'
import type { ModeScope } from './precedence.ts'

/** What a change does now to some runs, in words. */
export interface ModeEffect {
  /** The tool whose calls are held otherwise within a batch; null = whole batches. */
  readonly tool: string | null
  readonly from: string
  readonly to: string
  /** Whom it touches: `every agent in production`. */
  readonly scopes: readonly string[]
}

/** What becomes otherwise when `after` takes the place of `before`, equal changes put together. */
export function describeEffects(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  nowMs: number,
): ModeEffect[] {
  const both = [...before, ...after]
  const environments = namesOf(both, 'environment')
  const subjects = [null, ...new Set(both.flatMap((rule) => rule.tool ?? []))]
  return subjects.flatMap((tool) => {
    const groups = new Map<string, { from: string; to: string; scopes: ModeScope[] }>()
    for (const scope of scopesAbout(both, environments, tool)) {
      const from = describeStanding(before, scope, tool, nowMs)
      const to = describeStanding(after, scope, tool, nowMs)
      if (from === to) continue
      const key = `${from}\n${to}`
      const group = groups.get(key) ?? { from, to, scopes: [] }
      group.scopes.push(scope)
      groups.set(key, group)
    }
    return [...groups.values()].map(({ from, to, scopes }) => ({
      tool,
      from,
      to,
      scopes: nameScopes(scopes, both, environments, tool),
    }))
  })
}

/** Those of the executors for which anything changes now. */
export function listTouched<Executor extends ModeScope>(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  executors: readonly Executor[],
  nowMs: number,
): Executor[] {
  const tools = new Set([...before, ...after].flatMap((rule) => rule.tool ?? []))
  const known = new Map<string, boolean>()
  return executors.filter((executor) => {
    const key = JSON.stringify([executor.agent, executor.environment])
    const isTouched = known.get(key) ?? touches(before, after, executor, tools, nowMs)
    known.set(key, isTouched)
    return isTouched
  })
}

function touches(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  scope: ModeScope,
  tools: ReadonlySet<string>,
  nowMs: number,
): boolean {
  if (!sameShares(computeModeShares(before, scope, nowMs), computeModeShares(after, scope, nowMs)))
    return true
  return [...tools].some(
    (tool) => describeHeld(before, scope, tool, nowMs) !== describeHeld(after, scope, tool, nowMs),
  )
}

function describeStanding(
  rules: readonly ModeRule[],
  scope: ModeScope,
  tool: string | null,
  nowMs: number,
): string {
  return tool === null
    ? formatShares(computeModeShares(rules, scope, nowMs))
    : describeHeld(rules, scope, tool, nowMs)
}

/** How the rules hold one tool within a batch: `serial`, `50 % reads-only`, or as its batch. */
function describeHeld(rules: readonly ModeRule[], scope: ModeScope, tool: string, nowMs: number): string {
  const held = computeHeldShare(rules, scope, tool, 1, nowMs)
  const serial = computeHeldShare(rules, scope, tool, 2, nowMs)
  if (held < SHARE_EPSILON) return 'as its batch'
  return formatShares([1 - held, held - serial, serial]).replace('parallel', 'as its batch')
}

/** One scope for each environment and each agent that has a rule there, and one for all other agents. */
function scopesAbout(
  rules: readonly ModeRule[],
  environments: readonly string[],
  tool: string | null,
): ModeScope[] {
  return environments.flatMap((environment) =>
    agentsIn(rules, environment, tool).map((agent) => ({ agent, environment })),
  )
}

function agentsIn(rules: readonly ModeRule[], environment: string, tool: string | null): string[] {
  const about = rules.filter(
    (rule) => rule.tool === tool && (rule.environment === null || rule.environment === environment),
  )
  return namesOf(about, 'agent')
}

function namesOf(rules: readonly ModeRule[], field: 'agent' | 'environment'): string[] {
  return [...new Set([...rules.flatMap((rule) => rule[field] ?? []), ANY_OTHER])]
}

function nameScopes(
  scopes: readonly ModeScope[],
  rules: readonly ModeRule[],
  environments: readonly string[],
  tool: string | null,
): string[] {
  const isWhole = (environment: string) => {
    const own = scopes.filter((scope) => scope.environment === environment)
    return own.length === agentsIn(rules, environment, tool).length
  }
  const whole = environments.filter(isWhole)
  if (whole.length === environments.length) return ['every agent everywhere']
  const rest = scopes.filter(({ environment }) => !whole.includes(environment))
  const everywhere = [...new Set(rest.map(({ agent }) => agent))].filter(
    (agent) => rest.filter((scope) => scope.agent === agent).length === environments.length,
  )
  return [
    ...whole.map((environment) => `every agent in ${nameEnvironment(environment)}`),
    ...everywhere.map((agent) => `${nameAgent(agent)} everywhere`),
    ...rest
      .filter(({ agent }) => !everywhere.includes(agent))
      .map(({ agent, environment }) => `${nameAgent(agent)} in ${nameEnvironment(environment)}`),
  ]
}

function nameAgent(agent: string): string {
  return agent === ANY_OTHER ? 'every other agent' : agent
}

function nameEnvironment(environment: string): string {
  return environment === ANY_OTHER ? 'every other environment' : environment
}
