import { appendAlertAction } from '#db/alerts.ts'
import { readAlertRows, readStandings } from '#db/queries/alert-rows.ts'
import { createQueries, sql } from '#db/queries/sql.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { RequestError } from '#ingest/errors.ts'
import { judgeAction } from '#lib/alerts/judge-action.ts'
import type { AlertAction } from '#lib/contract/alerts.ts'
import type { AlertsEvent } from './protocol.ts'

/** Writes what persons do with alerts. */
export interface AlertWriter {
  /**
   * What it changed; null when the alert stood so already. Call inside a transaction.
   * @throws RequestError 404 for an unknown alert, 400 for an action that is wrong, 409 for one that its status forbids
   */
  act(id: string, action: AlertAction, by: string, nowMs: number): AlertsEvent | null
  /** Alerts whose silence has run out since the last call; null when there are none. Nothing is written for it. */
  takeEndedSilences(nowMs: number): AlertsEvent | null
}

export function createAlertWriter(db: SqliteDatabase, startedMs: number): AlertWriter {
  const queries = createQueries(db)
  let toldUs = toUs(startedMs)
  return {
    act(id, action, by, nowMs) {
      const atUs = toUs(nowMs)
      const rows = readAlertRows(queries, sql`where id = ${id}`)
      const [alert] = readStandings(queries, rows, atUs)
      if (alert === undefined) throw new RequestError(404, 'No alert has this id.')
      const judged = judgeAction(alert.standing, action, nowMs)
      if (judged.verdict === 'nothing') return null
      if (judged.verdict === 'refuse') {
        const { status, path, reason } = judged
        throw new RequestError(status, `\`${path}\` ${reason}.`, { faults: [{ path, reason }] })
      }
      const untilUs = action.action === 'silence' ? toUs(action.until) : null
      appendAlertAction(db, {
        alertId: id,
        atUs,
        action: action.action,
        by,
        note: action.note ?? null,
        untilUs,
      })
      return toEvent(id, action.action)
    },
    takeEndedSilences(nowMs) {
      const fromUs = toldUs
      toldUs = Math.max(fromUs, toUs(nowMs))
      const ended = queries.all<{ id: string }>(sql`select distinct alert_id as id from alert_actions
        where until_us > ${fromUs} and until_us <= ${toldUs}`)
      return ended.length === 0 ? null : { opened: [], resolved: [], changed: ended.map(({ id }) => id) }
    },
  }
}

function toEvent(id: string, action: AlertAction['action']): AlertsEvent {
  return {
    opened: action === 'reopen' ? [id] : [],
    resolved: action === 'resolve' ? [id] : [],
    changed: action === 'reopen' || action === 'resolve' ? [] : [id],
  }
}

function toUs(ms: number): number {
  return Math.round(ms * 1000)
}
