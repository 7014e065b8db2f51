import { decodeCursor, encodeCursor, type ListOrder } from '#lib/contract/cursor.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import type { ExportPage } from '../store.ts'
import type { ReadContext } from './context.ts'
import { compileFilter, IN_LOG } from './filter.ts'
import { createRowFinder } from './find-rows.ts'
import { allOf } from './sql.ts'
import { toExportLine } from './wire-batch.ts'

const OLDEST_FIRST: ListOrder = { sort: 'started_at', order: 'asc' }
const PAGE_LINES = 500

/** A page of the export. Short, so that other reads get their turn between two of them. */
export function listExport(
  context: ReadContext,
  query: FilterQuery,
  cursor: string | null,
  nowMs: number,
): ExportPage {
  const found = compileFilter(query, nowMs, context.dimensions)
  const filter = found && { ...found, condition: allOf([found.condition, IN_LOG]) }
  if (filter === null) return { lines: [], nextCursor: null }
  const after = cursor === null ? null : decodeCursor(cursor, OLDEST_FIRST)
  if (cursor !== null && after === null) throw new Error('the cursor is not one of an export')
  const deadline = context.startDeadline()
  const find = createRowFinder(context, { filter, order: OLDEST_FIRST })
  const page = find({ after, want: PAGE_LINES }, deadline)
  const lines: string[] = []
  for (const hit of page.hits) {
    lines.push(toExportLine(context.readBatch(hit.seq)))
    const isCut = deadline.isOver() && lines.length < page.hits.length
    if (isCut) return { lines, nextCursor: encodeCursor(OLDEST_FIRST, hit) }
  }
  return { lines, nextCursor: page.next === null ? null : encodeCursor(OLDEST_FIRST, page.next) }
}
