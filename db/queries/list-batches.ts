import {
  decodeCursor,
  encodeCursor,
  type ListOrder,
  type ListPosition,
  resolveOrder,
} from '#lib/contract/cursor.ts'
import type { ListQuery } from '#lib/contract/query.ts'
import type { BatchList } from '#lib/contract/reads.ts'
import { listCandidates, listSignatures } from './candidates.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { compileFilter, type RowFilter, windowCondition } from './filter.ts'
import { createIndexSource } from './index-source.ts'
import { afterPosition, comparePositions, hitColumns, orderBy, SORT_COLUMNS } from './order.ts'
import { type Hit, type ScanResult, scanSources } from './scan.ts'
import { allOf, raw, sql } from './sql.ts'
import { LIST_CALLS, toWireBatch } from './wire-batch.ts'

const DEFAULT_LIMIT = 50
const NOTHING: BatchList = { batches: [], next_cursor: null, scanned_to: null }

/**
 * One page of batches. Rows whose sort value is null come last in both orders. An answer whose time was up
 * holds fewer rows than asked, with `scanned_to`; the next page goes on from there.
 * @throws when the cursor is malformed or of another order: the edge checks it before
 */
export function listBatches(context: ReadContext, query: ListQuery, nowMs: number): BatchList {
  const filter = compileFilter(query, nowMs, context.dimensions)
  if (filter === null) return NOTHING
  const order = resolveOrder(query)
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, order)
  if (query.cursor !== undefined && after === null) throw new Error('the cursor is not one of this list')
  const deadline = context.startDeadline()
  const page = findRows(context, { filter, order, after, want: query.limit ?? DEFAULT_LIMIT }, deadline)
  return decodePage(context, page, order, deadline)
}

/** What a page is: the rows that match, in order, behind a position. */
export interface PageRequest {
  readonly filter: RowFilter
  readonly order: ListOrder
  readonly after: ListPosition | null
  readonly want: number
}

/** The rows of one page, by the way that looks at the fewest. */
export function findRows(context: ReadContext, page: PageRequest, deadline: Deadline): ScanResult {
  const { filter, order } = page
  const signatureIds = filter.tools === null ? null : listSignatures(context, filter.tools)
  if (signatureIds?.length === 0) return { hits: [], next: null, stoppedAt: null }
  const isIndexed = order.sort === 'started_at' && filter.keys.length === 0
  const canMerge =
    isIndexed && signatureIds !== null && signatureIds.length <= context.limits.mergedSignatures
  if (canMerge) return scanSignatures(context, page, signatureIds, deadline)
  const isWorthCounting = !isIndexed || signatureIds !== null
  const candidates = isWorthCounting ? listCandidates(context, filter, signatureIds) : null
  return candidates === null ? scanIndex(context, page, deadline) : sortCandidates(context, page, candidates)
}

function scanIndex(
  { queries }: ReadContext,
  { filter, order, after, want }: PageRequest,
  deadline: Deadline,
): ScanResult {
  const column = SORT_COLUMNS[order.sort]
  const window = windowCondition(filter.window)
  const isWindowed = order.sort === 'started_at'
  const source = createIndexSource(queries, {
    index: column.index,
    column,
    order,
    scope: isWindowed ? window : raw('true'),
    condition: isWindowed ? filter.condition : allOf([window, filter.condition]),
    after,
    maxHits: want + 1,
  })
  return scanSources([source], want, comparePositions(order), deadline)
}

function scanSignatures(
  { queries }: ReadContext,
  { filter, order, after, want }: PageRequest,
  signatureIds: readonly number[],
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
  { filter, order, after, want }: PageRequest,
  seqs: readonly number[],
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

/** Large batches take long to decode: past the deadline the page ends with what it has, one row at least. */
function decodePage(context: ReadContext, page: ScanResult, order: ListOrder, deadline: Deadline): BatchList {
  const batches: BatchList['batches'] = []
  for (const hit of page.hits) {
    batches.push(toWireBatch(context.readBatch(hit.seq), LIST_CALLS))
    const isCut = deadline.isOver() && batches.length < page.hits.length
    if (isCut) return { batches, next_cursor: encodeCursor(order, hit), scanned_to: hit.startedAtUs / 1000 }
  }
  return {
    batches,
    next_cursor: page.next === null ? null : encodeCursor(order, page.next),
    scanned_to: page.stoppedAt === null ? null : page.stoppedAt.startedAtUs / 1000,
  }
}
