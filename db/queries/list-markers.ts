import { listKeyTools } from '#lib/alerts/key-tools.ts'
import type { Marker, Markers } from '#lib/contract/markers.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { MarkerQuery } from '#lib/contract/query.ts'
import { listChangedRules } from '#lib/flags/changed-rules.ts'
import type { AlertKey } from '#lib/model/alert.ts'
import { OTHER_ID } from '../sqlite/dimensions.ts'
import { type AlertRow, readAlertRows } from './alert-rows.ts'
import type { ReadContext } from './context.ts'
import { compileWindow, findIds, type UsWindow } from './filter.ts'
import { allOf, raw, type Sql, sql, valueList } from './sql.ts'

/** A time axis cannot show more; the newest are kept. */
const MAX_MARKERS = 500

const ANY_AGENT = '*'

/** What changed in the window: first sightings of versions and models, revisions of the mode, onsets of alerts. */
export function listMarkers(context: ReadContext, query: MarkerQuery, nowMs: number): Markers {
  const window = compileWindow(query, nowMs)
  const markers = [
    ...listSightings(context, query, window, 'version'),
    ...listSightings(context, query, window, 'model'),
    ...listRevisions(context, query, window),
    ...listOnsets(context, query, window),
  ].sort((a, b) => a.at - b.at)
  return { markers: markers.slice(-MAX_MARKERS), truncated: markers.length > MAX_MARKERS }
}

const NOTHING = { value: null, mode_revision: null, alert_id: null, alert_kind: null } as const

function listSightings(
  { queries, dimensions }: ReadContext,
  query: MarkerQuery,
  window: UsWindow,
  kind: 'version' | 'model',
): Marker[] {
  const column = raw(`${kind}_id`)
  const conditions = [sql`${column} <> ${OTHER_ID}`]
  for (const scope of ['agent', 'environment'] as const) {
    const names = query[scope]
    if (names) conditions.push(sql`${raw(`${scope}_id`)} in ${valueList(findIds(dimensions, scope, names))}`)
  }
  const rows = queries.all<{ agentId: number; environmentId: number; valueId: number; firstUs: number }>(sql`
    select agent_id as agentId, environment_id as environmentId, ${column} as valueId, min(first_us) as firstUs
    from sightings where ${allOf(conditions)} group by agent_id, environment_id, ${column}
    having ${within(raw('min(first_us)'), window)} order by firstUs desc limit ${MAX_MARKERS + 1}`)
  return rows.map(({ agentId, environmentId, valueId, firstUs }) => {
    const agent = dimensions.name(agentId)
    const value = dimensions.name(valueId)
    const label = kind === 'version' ? `${agent}@${value}` : `${agent}: ${value}`
    const environment = dimensions.name(environmentId)
    return { ...NOTHING, at: firstUs / 1000, kind, agent, environment, label, value }
  })
}

interface RevisionRow {
  readonly revision: number
  readonly at_us: number
  readonly summary: string
  readonly before: string
  readonly after: string
}

function listRevisions({ queries }: ReadContext, query: MarkerQuery, window: UsWindow): Marker[] {
  const rows = queries.all<RevisionRow>(sql`select revision, at_us, summary, before, after from mode_revisions
    where ${within(raw('at_us'), window)} order by revision desc limit ${MAX_MARKERS + 1}`)
  return rows.flatMap((row): Marker[] => {
    const before = JSON.parse(row.before) as ModeRule[]
    const rules = listChangedRules(before, JSON.parse(row.after) as ModeRule[])
    const concerns = rules.length === 0 || rules.some((rule) => isAmong(rule, query))
    if (!concerns) return []
    const agent = shared(rules.map((rule) => rule.agent))
    const environment = shared(rules.map((rule) => rule.environment))
    const { revision: mode_revision, summary: label } = row
    return [{ ...NOTHING, at: row.at_us / 1000, kind: 'mode', agent, environment, label, mode_revision }]
  })
}

function isAmong(rule: ModeRule, { agent, environment }: MarkerQuery): boolean {
  const meets = (names: readonly string[] | undefined, name: string | null) =>
    names === undefined || name === null || names.includes(name)
  return meets(agent, rule.agent) && meets(environment, rule.environment)
}

/** What all of them say; null when they differ. */
function shared(names: readonly (string | null)[]): string | null {
  const [first = null] = names
  return names.every((name) => name === first) ? first : null
}

/** Alerts that another one explains have their marker in that one. */
function listOnsets({ queries }: ReadContext, query: MarkerQuery, window: UsWindow): Marker[] {
  const conditions = [within(raw('onset_us'), window), raw('parent_id is null')]
  if (query.agent) conditions.push(sql`agent in ${valueList([ANY_AGENT, ...query.agent])}`)
  if (query.environment) conditions.push(sql`environment in ${valueList(query.environment)}`)
  const rows = readAlertRows(
    queries,
    sql`where ${allOf(conditions)} order by onset_us desc, id limit ${MAX_MARKERS + 1}`,
  )
  return rows.map((row) => ({
    ...NOTHING,
    at: row.onset_us / 1000,
    kind: 'alert',
    agent: row.agent === ANY_AGENT ? null : row.agent,
    environment: row.environment,
    label: labelOf(row),
    alert_id: row.id,
    alert_kind: row.kind,
  }))
}

function labelOf({ kind, agent, key }: AlertRow): string {
  const tools = listKeyTools(JSON.parse(key) as AlertKey)
  return `${kind}: ${tools.length > 0 ? tools.join(', ') : agent}`
}

function within(column: Sql, { fromUs, toUs }: UsWindow): Sql {
  const bounds: Sql[] = []
  if (fromUs !== null) bounds.push(sql`${column} >= ${fromUs}`)
  if (toUs !== null) bounds.push(sql`${column} < ${toUs}`)
  return allOf(bounds)
}
