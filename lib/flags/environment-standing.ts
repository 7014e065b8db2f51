import type { ModeRule } from '#lib/contract/mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { takesAll } from './effective-order.ts'
import { ANY_OTHER, computeModeShares, type ModeShares, onlyMode, sameShares } from './mode-shares.ts'
import { isLive, rankRules } from './precedence.ts'

/** An agent that rules name, and how its runs divide among the modes in one environment. */
export interface AgentStanding {
  readonly agent: string
  readonly shares: ModeShares
}

/** What the rules come to in one environment now. */
export interface EnvironmentStanding {
  readonly environment: string
  /** What holds for an agent that no rule names, shares of runs aside. */
  readonly mode: Mode
  /** The rule that says so; null when it is the default. */
  readonly rule: ModeRule | null
  /** How the runs of such an agent divide, shares of runs included. */
  readonly shares: ModeShares
  /** Agents that rules treat otherwise. */
  readonly agents: readonly AgentStanding[]
  /** Rules that hold single tools here. */
  readonly toolRules: readonly ModeRule[]
}

export function describeEnvironment(
  environment: string,
  rules: readonly ModeRule[],
  nowMs: number,
): EnvironmentStanding {
  const scope = { agent: ANY_OTHER, environment }
  const rule = rankRules(rules, scope, nowMs).find((ranked) => takesAll(ranked, nowMs)) ?? null
  const shares = computeModeShares(rules, scope, nowMs)
  return {
    environment,
    mode: rule?.mode ?? 'parallel',
    rule,
    shares,
    agents: describeAgents(environment, rules, nowMs).filter((agent) => !sameShares(agent.shares, shares)),
    toolRules: rules.filter(
      (other) => other.tool !== null && isLive(other, nowMs) && isAbout(other, environment),
    ),
  }
}

/** The agents with rules of their own whose runs would not all have this mode: what a switch of the environment leaves as it is. */
export function listExceptions(
  environment: string,
  mode: Mode,
  rules: readonly ModeRule[],
  nowMs: number,
): AgentStanding[] {
  return describeAgents(environment, rules, nowMs).filter(({ shares }) => onlyMode(shares) !== mode)
}

/** Environments that anything names, those with traffic first. */
export function listEnvironments(
  known: readonly string[],
  rules: readonly ModeRule[],
  executors: readonly { readonly environment: string }[],
): string[] {
  const named = rules.flatMap((rule) => rule.environment ?? [])
  const connected = executors.map((executor) => executor.environment)
  return [...new Set([...known, ...connected, ...named])]
}

function describeAgents(environment: string, rules: readonly ModeRule[], nowMs: number): AgentStanding[] {
  const named = rules.filter(
    (rule) => rule.tool === null && isLive(rule, nowMs) && isAbout(rule, environment),
  )
  const agents = new Set(named.flatMap((rule) => rule.agent ?? []))
  return [...agents].map((agent) => ({
    agent,
    shares: computeModeShares(rules, { agent, environment }, nowMs),
  }))
}

function isAbout(rule: ModeRule, environment: string): boolean {
  return rule.environment === null || rule.environment === environment
}
