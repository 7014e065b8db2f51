import { type FilterQuery, resolveWindow, type WindowQuery } from '#lib/contract/query.ts'
import { MODES, OTHER, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'
import { type DimensionKind, type DimensionReader, OTHER_ID } from '../sqlite/dimensions.ts'
import { prefixRanges } from '../sqlite/keys.ts'
import { allOf, joinSql, raw, type Sql, sql, valueList } from './sql.ts'

/** A half-open interval of epoch microseconds; a null bound is open. */
export interface UsWindow {
  readonly fromUs: number | null
  readonly toUs: number | null
}

/** A filter as the store runs it. */
export interface RowFilter {
  readonly window: UsWindow
  /** Names of a tool filter as ids; null without one. */
  readonly tools: { readonly ids: readonly number[]; readonly match: 'any' | 'all' } | null
  /** What a row must be besides lying in the window; `retracted_by is null` is always part of it. */
  readonly condition: Sql
  /** Where the filter has a prefix: what the keys must be, each a range of one index, any of them. */
  readonly keys: readonly Sql[]
}

/** Positions of the log begin at 1; batches that may still change are shown at positions before it. */
export const IN_LOG = raw('seq > 0')

/** The window of a query in the unit of the log. */
export function compileWindow(query: WindowQuery, nowMs: number): UsWindow {
  const { fromMs, toMs } = resolveWindow(query, nowMs)
  return { fromUs: toUs(fromMs), toUs: toUs(toMs) }
}

/** The rows whose start lies in the window. */
export function windowCondition({ fromUs, toUs }: UsWindow): Sql {
  const bounds: Sql[] = []
  if (fromUs !== null) bounds.push(sql`started_at_us >= ${fromUs}`)
  if (toUs !== null) bounds.push(sql`started_at_us < ${toUs}`)
  return allOf(bounds)
}

/** Null when no row can match, as for a name that was never recorded. */
export function compileFilter(
  query: FilterQuery,
  nowMs: number,
  dimensions: DimensionReader,
): RowFilter | null {
  const conditions: Sql[] = [raw('retracted_by is null')]
  for (const [kind, column] of DIMENSION_COLUMNS) {
    const names = query[kind]
    if (names === undefined) continue
    const ids = findIds(dimensions, kind === 'slowest_tool' ? 'tool' : kind, names)
    if (ids.length === 0) return null
    conditions.push(sql`${raw(column)} in ${valueList(ids)}`)
  }
  const tools = compileTools(query, dimensions)
  if (tools === 'none') return null
  if (tools !== null) conditions.push(toolCondition(tools))
  conditions.push(...compilePlain(query))
  const keys = query.q ? keyConditions(query.q) : []
  if (keys.length > 0) conditions.push(sql`(${joinSql(keys, ' or ')})`)
  return { window: compileWindow(query, nowMs), tools, condition: allOf(conditions), keys }
}

const DIMENSION_COLUMNS = [
  ['agent', 'agent_id'],
  ['environment', 'environment_id'],
  ['version', 'version_id'],
  ['model', 'model_id'],
  ['slowest_tool', 'slowest_tool_id'],
] as const

/** Ids of the names that were recorded. `__other__` stands for every name that found its dimension full. */
export function findIds(
  dimensions: DimensionReader,
  kind: DimensionKind,
  names: readonly string[],
): number[] {
  const ids = dimensions.ids(kind, names)
  return names.includes(OTHER) ? [...ids, OTHER_ID] : ids
}

function compileTools(query: FilterQuery, dimensions: DimensionReader): RowFilter['tools'] | 'none' {
  if (query.tool === undefined) return null
  const names = [...new Set(query.tool)]
  const match = query.tool_match ?? 'any'
  const ids = findIds(dimensions, 'tool', names)
  if (ids.length === 0 || (match === 'all' && ids.length < names.length)) return 'none'
  return { ids, match }
}

/** The filter with the further condition that a batch holds one tool. */
export function narrowToTool(filter: RowFilter, toolId: number): RowFilter {
  const tool = { ids: [toolId], match: 'any' } as const
  return { ...filter, tools: filter.tools ?? tool, condition: allOf([filter.condition, toolCondition(tool)]) }
}

/** Looked up for each row: the signatures that hold a frequent tool are too many to be listed. */
function toolCondition({ ids, match }: NonNullable<RowFilter['tools']>): Sql {
  const holds = (tools: Sql) =>
    sql`exists (select 1 from signature_tools s where s.tool_id ${tools} and s.signature_id = batches.signature_id)`
  if (match === 'any') return holds(sql`in ${valueList(ids)}`)
  return allOf(ids.map((id) => holds(sql`= ${id}`)))
}

function compilePlain(query: FilterQuery): Sql[] {
  const conditions: Sql[] = []
  const codes = <T>(column: string, all: readonly T[], values: readonly T[]) =>
    sql`${raw(column)} in ${valueList(values.map((value) => all.indexOf(value)))}`
  if (query.mode) conditions.push(codes('mode', MODES, query.mode))
  if (query.source) conditions.push(codes('source', SOURCES, query.source))
  if (query.outcome) {
    const mask = query.outcome.reduce((bits, outcome) => bits | (1 << OUTCOMES.indexOf(outcome)), 0)
    conditions.push(sql`outcome_mask & ${mask} <> 0`)
  }
  if (query.min_size !== undefined) conditions.push(sql`size >= ${query.min_size}`)
  if (query.min_wall_ms !== undefined) conditions.push(sql`wall_us >= ${toUs(query.min_wall_ms)}`)
  if (query.min_serialization !== undefined) conditions.push(sql`serialization >= ${query.min_serialization}`)
  return conditions
}

/** Batches whose own id or whose run's id begins with the prefix, by the stored forms that such ids take. */
function keyConditions(prefix: string): Sql[] {
  return prefixRanges(prefix).flatMap(({ from, to }) => {
    const upper = (column: Sql) => (to === null ? raw('') : sql` and ${column} < ${to}`)
    const [own, run] = [raw('batch_key'), raw('run_key')]
    return [
      // The index of ids holds current batches only, and is used only where the condition says so.
      sql`(retracted_by is null and ${own} >= ${from}${upper(own)})`,
      sql`(${run} >= ${from}${upper(run)})`,
    ]
  })
}

/** Rounded, so that a time that was read from an answer names the same microsecond again. */
function toUs<T extends number | null>(ms: T): T {
  return (ms === null ? null : Math.round(ms * 1000)) as T
}
