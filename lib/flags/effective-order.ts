import type { ModeRule } from '#lib/contract/mode.ts'
import { isLive, specificity } from './precedence.ts'

/** A rule at its place in the order in which rules are asked. */
export interface OrderedRule {
  readonly rule: ModeRule
  /** From 1: what a page calls it. Tool rules come last, because they are asked apart. */
  readonly number: number
  /** Number of the rule for the same runs that leaves it none; null when it is asked. */
  readonly hiddenBy: number | null
  /** The rule for the same runs that is asked right before or after it: changing places with it means something. */
  readonly above: ModeRule | null
  readonly below: ModeRule | null
}

/**
 * The rules in the order in which they are asked. Rules of one scope stand together: between scopes of one
 * specificity the order means nothing, because no run is in both.
 */
export function orderRules(rules: readonly ModeRule[], nowMs: number): OrderedRule[] {
  const scopes = [...new Set(rules.map(scopeKey))]
  const place = (rule: ModeRule) => scopes.indexOf(scopeKey(rule))
  const sorted = [...rules].sort((a, b) => rank(b) - rank(a) || place(a) - place(b))
  return sorted.map((rule, index) => {
    if (rule.tool !== null) return { rule, number: index + 1, hiddenBy: null, above: null, below: null }
    const hider = sorted.findIndex((other) => isSameScope(other, rule) && takesAll(other, nowMs))
    return {
      rule,
      number: index + 1,
      hiddenBy: hider >= 0 && hider < index ? hider + 1 : null,
      above: equalAt(sorted, index - 1, rule),
      below: equalAt(sorted, index + 1, rule),
    }
  })
}

/** True when two rules speak of the same runs, or of the same tool in the same runs. */
export function isSameScope(a: ModeRule, b: ModeRule): boolean {
  return a.environment === b.environment && a.agent === b.agent && a.tool === b.tool
}

/** True for a rule that leaves no run to the rules behind it. */
export function takesAll(rule: ModeRule, nowMs: number): boolean {
  return isLive(rule, nowMs) && (rule.percentage === null || rule.percentage >= 100)
}

function rank(rule: ModeRule): number {
  return rule.tool === null ? specificity(rule) : -1
}

function scopeKey(rule: ModeRule): string {
  return JSON.stringify([rule.tool, rule.agent, rule.environment])
}

function equalAt(sorted: readonly ModeRule[], index: number, rule: ModeRule): ModeRule | null {
  const other = sorted[index]
  return other && isSameScope(other, rule) ? other : null
}
