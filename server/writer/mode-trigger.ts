import { createHash } from 'node:crypto'
import { appendModeRevision, findModeLine, readMode } from '#db/mode.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { RequestError } from '#ingest/errors.ts'
import type { ModeTrigger, ModeTriggerAnswer } from '#lib/contract/mode.ts'
import { describeScope } from '#lib/flags/describe-change.ts'
import { tightenScope } from '#lib/flags/tighten.ts'
import { tellChannels } from './mode-news.ts'
import type { ModeWrite } from './mode-writer.ts'

const MAX_RULES = 1_000
const RULE_ID_CHARS = 12

/** A message of another alerting system whose signature was checked. */
export interface TriggerMessage {
  /** Of the sender's making: a message that comes again has the same. */
  readonly id: string
  readonly trigger: ModeTrigger
}

export interface TriggerWrite extends ModeWrite {
  readonly answer: ModeTriggerAnswer
}

/**
 * Holds what another system asks to be held. It can only tighten, and every message is a line of the trail, also
 * one that finds everything as it wants it; by that line a repetition is known for ever. Call inside a transaction.
 * @throws RequestError 409 when it cannot be shown that nothing would be loosened
 */
export function writeTrigger(
  db: SqliteDatabase,
  { id, trigger }: TriggerMessage,
  publicUrl: string | null,
  nowMs: number,
): TriggerWrite {
  const current = readMode(db)
  const setBy = `trigger ${id}`
  const known = findModeLine(db, 'trigger', setBy)
  if (known !== null) {
    const { revision, summary } = known
    const answer = { revision, changed: false, replayed: true, summary, expires_at: null }
    return { mode: current, changed: false, action: 'trigger', answer }
  }
  const {
    environment = null,
    agent = null,
    tool = null,
    mode: asked,
    expires_in: spanMs,
    reason = null,
  } = trigger
  const expiresAtMs = spanMs == null ? null : nowMs + spanMs
  const ruleId = `trigger_${createHash('sha256').update(id).digest('hex').slice(0, RULE_ID_CHARS)}`
  const request = { environment, agent, tool, mode: asked, expiresAtMs, reason, setBy, id: ruleId }
  const tightened = tightenScope(current.rules, request, nowMs)
  if (tightened === null || tightened.rules.length > MAX_RULES)
    throw new RequestError(409, 'There are too many rules to show that this would loosen nothing.')
  const { rules: after, mode: held } = tightened
  const changed = after !== current.rules
  const what = `${describeScope({ environment, agent, tool })} to ${held}`
  const end = expiresAtMs === null ? '' : ` until ${new Date(expiresAtMs).toISOString()}`
  const more = held === asked ? '' : ` (${asked} was asked; a part of these runs is serial already)`
  const summary = `trigger: ${what}${changed ? `${end}${more}` : ', as the rules said already'}`
  const atUs = Math.round(nowMs * 1000)
  const change = { atUs, setBy, action: 'trigger', reason, summary, before: current.rules, after } as const
  const mode = appendModeRevision(db, change)
  if (changed) {
    const news = { revision: mode.revision, action: 'trigger', by: setBy, summary, reason } as const
    const touched = after.filter((rule) => rule.set_by === setBy)
    tellChannels(db, news, touched, { publicUrl, nowMs })
  }
  const answer = {
    revision: mode.revision,
    changed,
    replayed: false,
    summary,
    expires_at: changed ? expiresAtMs : null,
  }
  return { mode, changed: true, action: 'trigger', answer }
}
