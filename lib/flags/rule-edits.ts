import type { ModeRule, ModeRuleInput } from '#lib/contract/mode.ts'
import { sameRule } from './describe-change.ts'
import { isSameScope, orderRules, takesAll } from './effective-order.ts'
import { ANY_OTHER, computeModeShares, onlyMode } from './mode-shares.ts'
import { isLive } from './precedence.ts'

/**
 * Gives every run of the rule's scope the rule's mode, as far as no more specific rule decides. A rule that
 * ends by itself is laid over what is there, so that it comes back; one without an end takes its place, and
 * is left out where the rest of the rules come to the same.
 */
export function setScopeMode(rules: readonly ModeRule[], rule: ModeRule, nowMs: number): readonly ModeRule[] {
  const rest = rules.filter((other) => !isReplaced(other, rule, nowMs))
  if (rule.expires_at === null) {
    const scope = { agent: rule.agent ?? ANY_OTHER, environment: rule.environment ?? ANY_OTHER }
    if (onlyMode(computeModeShares(rest, scope, nowMs)) === rule.mode) return rest
  }
  return insertFirst(rest, rule)
}

/** Puts a rule in the place of the one with its id and scope; else before all others of its scope, where it is asked first. */
export function putRule(rules: readonly ModeRule[], rule: ModeRule): readonly ModeRule[] {
  const known = rules.find((other) => other.id === rule.id)
  if (known && isSameScope(known, rule)) return rules.map((other) => (other === known ? rule : other))
  return insertFirst(
    rules.filter((other) => other !== known),
    rule,
  )
}

export function removeRules(rules: readonly ModeRule[], ids: ReadonlySet<string>): readonly ModeRule[] {
  return rules.filter((rule) => !ids.has(rule.id))
}

/** Lets a rule change places with the one of its scope that is asked right before (-1) or after (1) it. */
export function moveRule(
  rules: readonly ModeRule[],
  id: string,
  by: -1 | 1,
  nowMs: number,
): readonly ModeRule[] {
  const found = orderRules(rules, nowMs).find((ordered) => ordered.rule.id === id)
  const other = by < 0 ? found?.above : found?.below
  if (!found || !other) return rules
  return rules.map((rule) => (rule === found.rule ? other : rule === other ? found.rule : rule))
}

/**
 * Takes one revision back. While its rules are still the ones in force, the rules before it come back as they
 * were; else its own changes are taken out of what others have made of the list since. What has ended by
 * itself stays ended.
 */
export function undoChange(
  rules: readonly ModeRule[],
  { before, after }: RuleChange,
  nowMs: number,
): readonly ModeRule[] {
  const earlier = before.filter((rule) => isLive(rule, nowMs))
  if (isSameList(rules, after)) return earlier
  const added = after.filter((rule) => !before.some(({ id }) => id === rule.id))
  const kept = removeRules(rules, new Set(added.map(({ id }) => id)))
  return earlier.reduce((list, rule) => {
    const made = after.find(({ id }) => id === rule.id)
    if (made && sameRule(made, rule)) return list
    const now = list.find(({ id }) => id === rule.id)
    // What somebody has changed or removed again since is theirs.
    const isUntouched = made ? now !== undefined && sameRule(now, made) : now === undefined
    return isUntouched ? putRule(list, rule) : list
  }, kept)
}

/** The rules before and after one revision, as its audit line has them. */
export interface RuleChange {
  readonly before: readonly ModeRule[]
  readonly after: readonly ModeRule[]
}

/** The list as the contract takes it. */
export function toRuleInputs(rules: readonly ModeRule[]): ModeRuleInput[] {
  return rules.map(({ set_by: _by, set_at: _at, ...input }) => input)
}

/** A rule for all runs of the same scope that the new one leaves nothing to, at any time. */
function isReplaced(other: ModeRule, rule: ModeRule, nowMs: number): boolean {
  if (!isSameScope(other, rule) || !takesAll(other, nowMs)) return false
  return rule.expires_at === null || (other.expires_at !== null && other.expires_at <= rule.expires_at)
}

function insertFirst(rules: readonly ModeRule[], rule: ModeRule): readonly ModeRule[] {
  const first = rules.findIndex((other) => isSameScope(other, rule))
  const at = first < 0 ? rules.length : first
  return [...rules.slice(0, at), rule, ...rules.slice(at)]
}

function isSameList(a: readonly ModeRule[], b: readonly ModeRule[]): boolean {
  return a.length === b.length && a.every((rule, index) => sameRule(rule, b[index] as ModeRule))
}
