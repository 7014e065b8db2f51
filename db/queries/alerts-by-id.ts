import type { Alert } from '#lib/contract/alerts.ts'
import type { SqliteDatabase } from '../sqlite/open.ts'
import { readAlertRows, readStandings } from './alert-rows.ts'
import { createQueries, sql, valueList } from './sql.ts'
import { toListedAlerts } from './wire-alert.ts'

/** Alerts by their ids, as the API lists them; those that do not exist are left out. */
export function createAlertsById(db: SqliteDatabase): (ids: readonly string[], nowMs: number) => Alert[] {
  const queries = createQueries(db)
  return (ids, nowMs) => {
    if (ids.length === 0) return []
    const rows = readAlertRows(queries, sql`where id in ${valueList([...new Set(ids)])}`)
    return toListedAlerts(queries, readStandings(queries, rows, Math.round(nowMs * 1000)))
  }
}
