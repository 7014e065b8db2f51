import type { ModeAuditEntry } from '#lib/contract/mode.ts'
import { describeModeChange, describeRule } from '#lib/flags/describe-change.ts'

/** What one line of the audit trail did, with instants as `moment` writes them. */
export function describeEntry(
  { action, before, after }: Pick<ModeAuditEntry, 'action' | 'before' | 'after'>,
  moment: (epochMs: number) => string,
): string {
  if (action !== 'expire') return describeModeChange(before, after, moment)
  const ended = before.filter((rule) => !after.some(({ id }) => id === rule.id))
  return ended.map((rule) => `${describeRule({ ...rule, expires_at: null })} ended by itself`).join('; ')
}

/** Who made a revision: `set by mira`, `ended by itself`. */
export function describeAuthor({ action, by }: Pick<ModeAuditEntry, 'action' | 'by'>): string {
  if (action === 'expire') return 'ended by itself'
  if (action === 'guard') return 'a guard acted'
  return action === 'trigger' ? 'asked for from outside' : `set by ${by}`
}

/** Enough of a hash to tell lines apart by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 6)
}
