import type { AlertLife, AlertStanding } from '#lib/alerts/status.ts'
import { computeStanding, type EvidenceEvent, type PersonAction } from '#lib/alerts/status.ts'
import type { AlertEvidence } from '#lib/contract/alerts.ts'
import type { AlertKind } from '#lib/model/alert.ts'
import { type Queries, raw, type Sql, sql, valueList } from './sql.ts'

/** A row of `alerts` without its evidence, which is nearly all of it; times in microseconds. */
export interface AlertRow {
  readonly id: string
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  readonly key: string
  readonly onset_us: number
  readonly detected_us: number
  readonly confirmed_us: number
  readonly resolved_us: number | null
  readonly first_bad_version: string | null
  readonly first_bad_model: string | null
  readonly parent_id: string | null
}

/** An alert with what it stands at. */
export interface StandingAlert {
  readonly row: AlertRow
  readonly life: AlertLife
  readonly standing: AlertStanding
}

const ALERT_COLUMNS =
  raw(`id, kind, agent, environment, key, onset_us, detected_us, confirmed_us, resolved_us,
  first_bad_version, first_bad_model, parent_id`)

/** Alerts by a condition and an order of the caller's making. */
export function readAlertRows(queries: Queries, tail: Sql): AlertRow[] {
  return queries.all<AlertRow>(sql`select ${ALERT_COLUMNS} from alerts ${tail}`)
}

/** The evidence of each of these as it is stored, by id. */
export function readEvidence(queries: Queries, ids: readonly string[]): Map<string, AlertEvidence> {
  const rows = queries.all<{ id: string; evidence: string }>(
    sql`select id, evidence from alerts where id in ${valueList(ids)}`,
  )
  return new Map(rows.map(({ id, evidence }) => [id, JSON.parse(evidence) as AlertEvidence]))
}

/** What each of these stands at, in their order. */
export function readStandings(queries: Queries, rows: readonly AlertRow[], nowUs: number): StandingAlert[] {
  const parents = readParents(queries, rows)
  const lives = readLives(queries, [...rows, ...parents])
  const lifeOf = (row: LifeRow) => lives.get(row.id) as AlertLife
  const current = new Set(
    parents
      .filter((row) => computeStanding(lifeOf(row), false, nowUs).resolvedUs === null)
      .map(({ id }) => id),
  )
  return rows.map((row) => {
    const isParentCurrent = row.parent_id !== null && current.has(row.parent_id)
    const life = lifeOf(row)
    return { row, life, standing: computeStanding(life, isParentCurrent, nowUs) }
  })
}

type LifeRow = Pick<AlertRow, 'id' | 'confirmed_us' | 'resolved_us'>

function readParents(queries: Queries, rows: readonly AlertRow[]): LifeRow[] {
  const ids = [...new Set(rows.map(({ parent_id }) => parent_id))].filter((id) => id !== null)
  if (ids.length === 0) return []
  return queries.all<LifeRow>(
    sql`select id, confirmed_us, resolved_us from alerts where id in ${valueList(ids)}`,
  )
}

function readLives(queries: Queries, rows: readonly LifeRow[]): Map<string, AlertLife> {
  const ids = valueList([...new Set(rows.map(({ id }) => id))])
  const events = queries.all<EvidenceEvent & { alertId: string }>(sql`
    select alert_id as alertId, event, at_us as atUs from alert_events where alert_id in ${ids}
    order by alert_id, seq, event`)
  const actions = queries.all<PersonAction & { alertId: string }>(sql`
    select alert_id as alertId, action, at_us as atUs, "by", note, until_us as untilUs from alert_actions
    where alert_id in ${ids} order by alert_id, id`)
  const eventsById = Map.groupBy(events, ({ alertId }) => alertId)
  const actionsById = Map.groupBy(actions, ({ alertId }) => alertId)
  return new Map(
    rows.map(({ id, confirmed_us: confirmedUs, resolved_us: resolvedUs }) => [
      id,
      { confirmedUs, resolvedUs, events: eventsById.get(id) ?? [], actions: actionsById.get(id) ?? [] },
    ]),
  )
}
