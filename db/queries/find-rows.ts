import type { ListOrder, ListPosition } from '#lib/contract/cursor.ts'
import { listCandidates, listSignatures } from './candidates.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { type RowFilter, windowCondition } from './filter.ts'
import { createIndexSource } from './index-source.ts'
import { afterPosition, comparePositions, hitColumns, orderBy, SORT_COLUMNS } from './order.ts'
import { type Hit, type ScanResult, scanSources } from './scan.ts'
import { allOf, raw, sql } from './sql.ts'

/** Which rows match, and in which order they come. */
interface Rows {
  readonly filter: RowFilter
  readonly order: ListOrder
}

/** A page of them: so many behind a position, null = from the first. */
export interface PageOfRows {
  readonly after: ListPosition | null
  readonly want: number
}

/** Finds pages of the rows of one filter in one order. */
export type RowFinder = (page: PageOfRows, deadline: Deadline) => ScanResult

/** Chooses, once for all pages, the way that looks at the fewest rows. */
export function createRowFinder(context: ReadContext, rows: Rows): RowFinder {
  const { filter, order } = rows
  const signatureIds = filter.tools === null ? null : listSignatures(context, filter.tools)
  if (signatureIds?.length === 0) return () => ({ hits: [], next: null, stoppedAt: null })
  const isByTime = order.sort === 'started_at' && filter.keys.length === 0
  if (isByTime && signatureIds !== null && signatureIds.length <= context.limits.mergedSignatures) {
    return (page, deadline) => scanSignatures(context, rows, signatureIds, page, deadline)
  }
  const isWorthCounting = !isByTime || signatureIds !== null
  const candidates = isWorthCounting ? listCandidates(context, filter, signatureIds) : null
  if (candidates !== null) return (page) => sortCandidates(context, rows, candidates, page)
  return (page, deadline) => scanIndex(context, rows, page, deadline)
}

function scanIndex(
  { queries }: ReadContext,
  { filter, order }: Rows,
  { after, want }: PageOfRows,
  deadline: Deadline,
): ScanResult {
  const column = SORT_COLUMNS[order.sort]
  const window = windowCondition(filter.window)
  const isByTime = order.sort === 'started_at'
  const source = createIndexSource(queries, {
    index: column.index,
    column,
    order,
    scope: isByTime ? window : raw('true'),
    condition: isByTime ? filter.condition : allOf([window, filter.condition]),
    after,
    maxHits: want + 1,
  })
  return scanSources([source], want, comparePositions(order), deadline)
}

function scanSignatures(
  { queries }: ReadContext,
  { filter, order }: Rows,
  signatureIds: readonly number[],
  { after, want }: PageOfRows,
  deadline: Deadline,
): ScanResult {
  const sources = signatureIds.map((id) =>
    createIndexSource(queries, {
      index: 'batches_signature',
      column: SORT_COLUMNS.started_at,
      order,
      scope: sql`signature_id = ${id} and ${windowCondition(filter.window)}`,
      condition: filter.condition,
      after,
      maxHits: want + 1,
    }),
  )
  return scanSources(sources, want, comparePositions(order), deadline)
}

function sortCandidates(
  { queries }: ReadContext,
  { filter, order }: Rows,
  seqs: readonly number[],
  { after, want }: PageOfRows,
): ScanResult {
  const column = SORT_COLUMNS[order.sort]
  const conditions = [
    sql`seq in (select value from json_each(${JSON.stringify(seqs)}))`,
    windowCondition(filter.window),
    filter.condition,
    afterPosition(column, order, after),
  ]
  const found = queries.all<Hit>(sql`select ${raw(hitColumns(column))}
    from batches where ${allOf(conditions)} ${orderBy(column, order)} limit ${want + 1}`)
  const hits = found.slice(0, want)
  return { hits, next: found.length > want ? (hits.at(-1) ?? null) : null, stoppedAt: null }
}
