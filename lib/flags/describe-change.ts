import type { ModeRule } from '#lib/contract/mode.ts'
import { describeGuard, sameGuard } from './guard.ts'

/** How an instant is written: the audit trail's own lines have it in UTC, a page in its reader's zone. */
type FormatTime = (epochMs: number) => string
const inUtc: FormatTime = (epochMs) => new Date(epochMs).toISOString()

/** One line for the audit trail: which rules came, went, changed or took the place of one for the same runs. */
export function describeModeChange(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  formatTime: FormatTime = inUtc,
): string {
  const parts: string[] = []
  const removed = before.filter((rule) => !after.some(({ id }) => id === rule.id))
  for (const rule of after) {
    const was = before.find(({ id }) => id === rule.id)
    const replaced = was ? undefined : removed.find((old) => describeScope(old) === describeScope(rule))
    if (was && !sameRule(was, rule)) parts.push(describeEdit(was, rule, formatTime))
    if (replaced) {
      removed.splice(removed.indexOf(replaced), 1)
      parts.push(describeEdit(replaced, rule, formatTime))
    }
    if (!was && !replaced) parts.push(`${describeRule(rule, formatTime)}${describeNewGuard(rule)}`)
  }
  for (const rule of removed) parts.push(`${describeScope(rule)}: ${describeTerms(rule, formatTime)} removed`)
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
    a.reason === b.reason &&
    sameGuard(a.guard, b.guard)
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

function describeNewGuard({ guard }: ModeRule): string {
  return guard === null ? '' : `, guarded against ${describeGuard(guard)}`
}

function describeEdit(was: ModeRule, rule: ModeRule, formatTime: FormatTime): string {
  if (describeScope(was) !== describeScope(rule))
    return `${describeRule(was, formatTime)} is now ${describeRule(rule, formatTime)}`
  const old = describeTerms(was, formatTime)
  const now = describeTerms(rule, formatTime)
  if (!sameGuard(was.guard, rule.guard)) {
    const guarded = rule.guard === null ? 'guard removed' : `guarded against ${describeGuard(rule.guard)}`
    return `${describeScope(rule)}: ${old === now ? '' : `${old} to ${now}, `}${guarded}`
  }
  if (old === now) return `${describeScope(rule)}: another reason`
  const isShareAlone = was.mode === rule.mode && was.expires_at === rule.expires_at
  if (isShareAlone)
    return `${describeScope(rule)}: ${rule.mode} for ${was.percentage ?? 100} % to ${rule.percentage ?? 100} %`
  return `${describeScope(rule)}: ${old} to ${now}`
}

function describeTerms(rule: ModeRule, formatTime: FormatTime): string {
  const share = rule.percentage === null ? '' : ` for ${rule.percentage} %`
  const end = rule.expires_at === null ? '' : ` until ${formatTime(rule.expires_at)}`
  return `${rule.mode}${share}${end}`
}
