import { decodeCursor, encodeCursor, type ListOrder, resolveOrder } from '#lib/contract/cursor.ts'
import type { ListQuery } from '#lib/contract/query.ts'
import type { BatchList } from '#lib/contract/reads.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { compileFilter } from './filter.ts'
import { createRowFinder } from './find-rows.ts'
import type { ScanResult } from './scan.ts'
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
  const find = createRowFinder(context, { filter, order })
  const page = find({ after, want: query.limit ?? DEFAULT_LIMIT }, deadline)
  return decodePage(context, page, order, deadline)
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
