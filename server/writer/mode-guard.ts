import { appendModeRevision, readMode } from '#db/mode.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { describeScope } from '#lib/flags/describe-change.ts'
import { fireGuard, isArmed } from '#lib/flags/guard.ts'
import type { GuardWatch } from './guard-watch.ts'
import { tellChannels } from './mode-news.ts'
import type { ModeWrite } from './mode-writer.ts'

const MAX_REASON_CHARS = 1024

/**
 * Lets the guards act that have a reason to: each makes its rule serial, in one revision with a line of its own in
 * the trail and a message to the channels. Call inside a transaction.
 */
export function writeGuards(
  db: SqliteDatabase,
  watch: GuardWatch,
  publicUrl: string | null,
  nowMs: number,
): ModeWrite {
  const current = readMode(db)
  const findings = watch.look(current.rules, nowMs)
  if (findings.length === 0) return { mode: current, changed: false, action: 'guard' }
  const found = new Map(findings.map(({ ruleId, because }) => [ruleId, because]))
  const fired = current.rules.filter((rule) => found.has(rule.id) && isArmed(rule, nowMs))
  const after = fired.reduce<readonly (typeof fired)[number][]>(
    (rules, { id }) => fireGuard(rules, id, found.get(id) ?? '', nowMs),
    current.rules,
  )
  const summary = `guard: ${fired.map((rule) => `${describeScope(rule)} from ${rule.mode} to serial`).join('; ')}`
  const reason = fired
    .map(({ id }) => found.get(id))
    .join('; ')
    .slice(0, MAX_REASON_CHARS)
  const mode = appendModeRevision(db, {
    atUs: Math.round(nowMs * 1000),
    setBy: 'guard',
    action: 'guard',
    reason,
    summary,
    before: current.rules,
    after,
  })
  const news = { revision: mode.revision, action: 'guard', by: 'guard', summary, reason } as const
  tellChannels(db, news, fired, { publicUrl, nowMs })
  return { mode, changed: true, action: 'guard' }
}
