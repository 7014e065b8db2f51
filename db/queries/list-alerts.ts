import { listKeyTools } from '#lib/alerts/key-tools.ts'
import type { Alert, AlertDetail, AlertList } from '#lib/contract/alerts.ts'
import { type AlertPosition, decodeAlertCursor, encodeAlertCursor } from '#lib/contract/cursor.ts'
import type { AlertQuery } from '#lib/contract/query.ts'
import { ALERT_KINDS, type AlertKey, type AlertKind, type AlertStatus } from '#lib/model/alert.ts'
import { type AlertRow, readAlertRows, readStandings, type StandingAlert } from './alert-rows.ts'
import type { ReadContext } from './context.ts'
import { compileWindow, type UsWindow } from './filter.ts'
import { allOf, raw, type Sql, sql, valueList } from './sql.ts'
import { toListedAlerts, toWireAlerts, toWireHistory } from './wire-alert.ts'

const DEFAULT_LIMIT = 50
/** Rows read at once, and how many may be looked at for one page before it ends with what was found. */
const CHUNK_ROWS = 100
const MAX_ROWS = 2_000
/** Alerts that one alert mutes, at most. */
const MAX_CHILDREN = 100

const ANY_AGENT = '*'

/**
 * One page of alerts, newest detection first. May hold fewer than asked, with `next_cursor`, where many had to
 * be looked at.
 * @throws when the cursor is malformed: the edge checks it before
 */
export function listAlerts(context: ReadContext, query: AlertQuery, nowMs: number): AlertList {
  const want = query.limit ?? DEFAULT_LIMIT
  let after = query.cursor === undefined ? null : decodeAlertCursor(query.cursor)
  if (query.cursor !== undefined && after === null) throw new Error('the cursor is not one of alerts')
  const found: StandingAlert[] = []
  let looked = 0
  while (looked < MAX_ROWS) {
    const rows = readAlertRows(context.queries, tailOf(query, after, nowMs))
    for (const alert of readStandings(context.queries, rows, toUs(nowMs))) {
      after = { detectedUs: alert.row.detected_us, id: alert.row.id }
      if (!matches(alert, query, nowMs)) continue
      if (found.length === want) return pageOf(context, found, positionOf(found.at(-1)?.row))
      found.push(alert)
    }
    if (rows.length < CHUNK_ROWS) return pageOf(context, found, null)
    looked += rows.length
  }
  return pageOf(context, found, after)
}

/** One alert with its history and what it mutes; null when none has this id. */
export function getAlert(context: ReadContext, id: string, nowMs: number): AlertDetail | null {
  const { queries } = context
  const [alert] = readStandings(queries, readAlertRows(queries, sql`where id = ${id}`), toUs(nowMs))
  if (alert === undefined) return null
  const [wire] = toWireAlerts(queries, [alert]) as [Alert]
  const children = readAlertRows(
    queries,
    sql`where parent_id = ${id} order by detected_us desc, id desc limit ${MAX_CHILDREN}`,
  )
  return {
    ...wire,
    history: toWireHistory(alert),
    children: toListedAlerts(queries, readStandings(queries, children, toUs(nowMs))),
  }
}

/** How many alerts of each kind are open, acknowledged or silenced. */
export function countAlerts({ queries }: ReadContext, nowMs: number): Record<AlertKind, number> {
  const counts = Object.fromEntries(ALERT_KINDS.map((kind) => [kind, 0])) as Record<AlertKind, number>
  const rows = readAlertRows(queries, sql`indexed by alerts_current where resolved_us is null`)
  for (const { row, standing } of readStandings(queries, rows, toUs(nowMs)))
    if (CURRENT.has(standing.status)) counts[row.kind] += 1
  return counts
}

const CURRENT: ReadonlySet<AlertStatus> = new Set(['open', 'acknowledged', 'silenced'])

function pageOf(
  { queries }: ReadContext,
  found: readonly StandingAlert[],
  next: AlertPosition | null,
): AlertList {
  return {
    alerts: toListedAlerts(queries, found),
    next_cursor: next === null ? null : encodeAlertCursor(next),
  }
}

function positionOf(row: AlertRow | undefined): AlertPosition | null {
  return row === undefined ? null : { detectedUs: row.detected_us, id: row.id }
}

/** What the columns alone can say; the rest is looked at row by row. */
function tailOf(query: AlertQuery, after: AlertPosition | null, nowMs: number): Sql {
  const conditions: Sql[] = []
  const state = query.state ?? 'current'
  if (state === 'current') conditions.push(raw('resolved_us is null'))
  if (query.agent) conditions.push(sql`agent in ${valueList([ANY_AGENT, ...query.agent])}`)
  if (query.environment) conditions.push(sql`environment in ${valueList(query.environment)}`)
  if (query.kind) conditions.push(sql`kind in ${valueList(query.kind)}`)
  conditions.push(...lifeMeets(compileWindow(query, nowMs)))
  if (after !== null) conditions.push(sql`(detected_us, id) < (${after.detectedUs}, ${after.id})`)
  return sql`where ${allOf(conditions)} order by detected_us desc, id desc limit ${CHUNK_ROWS}`
}

function lifeMeets({ fromUs, toUs: untilUs }: UsWindow): Sql[] {
  const bounds: Sql[] = []
  if (fromUs !== null) bounds.push(sql`(resolved_us is null or resolved_us >= ${fromUs})`)
  if (untilUs !== null) bounds.push(sql`onset_us < ${untilUs}`)
  return bounds
}

function matches({ row, standing }: StandingAlert, query: AlertQuery, nowMs: number): boolean {
  const { fromUs } = compileWindow(query, nowMs)
  // A person may have resolved it before the window, which the columns do not say.
  if (fromUs !== null && standing.resolvedUs !== null && standing.resolvedUs < fromUs) return false
  if (query.state === 'resolved' && standing.status !== 'resolved') return false
  if ((query.state ?? 'current') === 'current' && !CURRENT.has(standing.status)) return false
  if (query.tool === undefined) return true
  const tools = listKeyTools(JSON.parse(row.key) as AlertKey)
  return query.tool.some((tool) => tools.includes(tool))
}

function toUs(ms: number): number {
  return Math.round(ms * 1000)
}
