import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES, type Mode } from '#lib/model/vocabulary.ts'

/** What a question to the rules is about. */
export interface ModeScope {
  readonly agent: string
  readonly environment: string
}

/** 0 = parallel, the loosest. */
export function strictness(mode: Mode): number {
  return MODES.indexOf(mode)
}

/** True when the rule is in force at this time. */
export function isLive(rule: Pick<ModeRule, 'expires_at'>, nowMs: number): boolean {
  return rule.expires_at === null || nowMs < rule.expires_at
}

/** True when the rule speaks of this agent in this environment; a null field matches anything. */
export function matchesScope(rule: Pick<ModeRule, 'agent' | 'environment'>, scope: ModeScope): boolean {
  return (
    (rule.agent === null || rule.agent === scope.agent) &&
    (rule.environment === null || rule.environment === scope.environment)
  )
}

/** The rules without `tool` that concern a scope, the deciding one first: agent over environment, ties by place in the list. */
export function rankRules(rules: readonly ModeRule[], scope: ModeScope, nowMs: number): ModeRule[] {
  const concerned = rules.filter(
    (rule) => rule.tool === null && isLive(rule, nowMs) && matchesScope(rule, scope),
  )
  // Array.prototype.sort is stable, so equals keep their place in the list.
  return concerned.sort((a, b) => specificity(b) - specificity(a))
}

/** How much a rule demands of a run: agent counts more than environment. */
export function specificity(rule: Pick<ModeRule, 'agent' | 'environment'>): number {
  return (rule.agent === null ? 0 : 2) + (rule.environment === null ? 0 : 1)
}
