import type { ModeRule } from '#lib/contract/mode.ts'

/** One line for the audit trail: which rules came, went or changed. */
export function describeModeChange(before: readonly ModeRule[], after: readonly ModeRule[]): string {
  const old = new Map(before.map((rule) => [rule.id, rule]))
  const now = new Set(after.map((rule) => rule.id))
  const parts: string[] = []
  for (const rule of after) {
    const was = old.get(rule.id)
    if (!was) parts.push(`${describeRule(rule)} added`)
    else if (!sameRule(was, rule))
      parts.push(`${describeScope(rule)}: ${describeTerms(was)} to ${describeTerms(rule)}`)
  }
  for (const rule of before) if (!now.has(rule.id)) parts.push(`${describeRule(rule)} removed`)
  return parts.length > 0 ? parts.join('; ') : 'rules put in another order'
}

/** True when two rules say the same, whoever set them and why. */
export function sameRule(a: ModeRule, b: ModeRule): boolean {
  return (
    a.id === b.id &&
    a.environment === b.environment &&
    a.agent === b.agent &&
    a.tool === b.tool &&
    a.mode === b.mode &&
    a.percentage === b.percentage &&
    a.expires_at === b.expires_at &&
    a.reason === b.reason
  )
}

/** Whom a rule touches, in words. */
export function describeScope(rule: Pick<ModeRule, 'agent' | 'environment' | 'tool'>): string {
  const who = rule.agent ?? 'every agent'
  const where = rule.environment === null ? '' : ` in ${rule.environment}`
  return rule.tool === null ? `${who}${where}` : `${rule.tool} of ${who}${where}`
}

function describeRule(rule: ModeRule): string {
  return `${describeScope(rule)} to ${describeTerms(rule)}`
}

function describeTerms(rule: ModeRule): string {
  const share = rule.percentage === null ? '' : ` for ${rule.percentage} %`
  const end = rule.expires_at === null ? '' : ` until ${new Date(rule.expires_at).toISOString()}`
  return `${rule.mode}${share}${end}`
}
