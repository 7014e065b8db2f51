import type { ModeRule } from '#lib/contract/mode.ts'

/** How an instant is written: the audit trail's own lines have it in UTC, a page in its reader's zone. */
type FormatTime = (epochMs: number) => string
const inUtc: FormatTime = (epochMs) => new Date(epochMs).toISOString()

/** One line for the audit trail: which rules came, went or changed. */
export function describeModeChange(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  formatTime: FormatTime = inUtc,
): string {
  const old = new Map(before.map((rule) => [rule.id, rule]))
  const now = new Set(after.map((rule) => rule.id))
  const parts: string[] = []
  for (const rule of after) {
    const was = old.get(rule.id)
    if (!was) parts.push(`${describeRule(rule, formatTime)} added`)
    else if (!sameRule(was, rule)) parts.push(describeEdit(was, rule, formatTime))
  }
  for (const rule of before) if (!now.has(rule.id)) parts.push(`${describeRule(rule, formatTime)} removed`)
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

/** A rule as a clause: `every agent in production to serial until 2026-11-20T03:14:51.000Z`. */
export function describeRule(rule: ModeRule, formatTime: FormatTime = inUtc): string {
  return `${describeScope(rule)} to ${describeTerms(rule, formatTime)}`
}

function describeEdit(was: ModeRule, rule: ModeRule, formatTime: FormatTime): string {
  if (describeScope(was) !== describeScope(rule))
    return `${describeRule(was, formatTime)} is now ${describeRule(rule, formatTime)}`
  const old = describeTerms(was, formatTime)
  const now = describeTerms(rule, formatTime)
  return old === now ? `${describeScope(rule)}: another reason` : `${describeScope(rule)}: ${old} to ${now}`
}

function describeTerms(rule: ModeRule, formatTime: FormatTime): string {
  const share = rule.percentage === null ? '' : ` for ${rule.percentage} %`
  const end = rule.expires_at === null ? '' : ` until ${formatTime(rule.expires_at)}`
  return `${rule.mode}${share}${end}`
}
