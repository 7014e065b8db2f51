import type { ModeRule } from '#lib/contract/mode.ts'
import { sameRule } from './describe-change.ts'

/** The rules that a revision brought, took away or changed, as they are on either side of it. */
export function listChangedRules(before: readonly ModeRule[], after: readonly ModeRule[]): ModeRule[] {
  const missingIn = (rules: readonly ModeRule[]) => (rule: ModeRule) =>
    !rules.some((other) => sameRule(rule, other))
  return [...before.filter(missingIn(after)), ...after.filter(missingIn(before))]
}
