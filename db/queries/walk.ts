import type { ListOrder, ListPosition } from '#lib/contract/cursor.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { type RowFilter, type UsWindow, windowCondition } from './filter.ts'
import { findRows } from './list-batches.ts'
import type { Hit } from './scan.ts'
import { sql } from './sql.ts'

const NEWEST_FIRST: ListOrder = { sort: 'started_at', order: 'desc' }
const PAGE_ROWS = 1_000

/**
 * Visits the rows of a filter, newest first, until the deadline. Answers null when it came to the end, else
 * from which start on every row was visited: rows that started together are visited together.
 */
export function walkNewestFirst(
  context: ReadContext,
  filter: RowFilter,
  deadline: Deadline,
  visit: (hit: Hit) => void,
): number | null {
  let after: ListPosition | null = null
  let lastUs: number | null = null
  for (;;) {
    const page = findRows(context, { filter, order: NEWEST_FIRST, after, want: PAGE_ROWS }, deadline)
    // Of the rows that started with the last one looked at, some may not have been looked at.
    const fromUs = page.stoppedAt === null ? Number.NEGATIVE_INFINITY : page.stoppedAt.startedAtUs + 1
    for (const hit of page.hits) {
      if (hit.startedAtUs < fromUs) break
      if (lastUs !== null && hit.startedAtUs !== lastUs && deadline.isOver()) return lastUs
      visit(hit)
      lastUs = hit.startedAtUs
    }
    if (page.next === null) return null
    if (page.stoppedAt !== null) return fromUs
    after = page.next
  }
}

/** What `read` makes of all rows of a filter within a short window; null when they are too many for the time. */
export function readWindow<T>(
  context: ReadContext,
  { filter, window }: { readonly filter: RowFilter; readonly window: UsWindow },
  deadline: Deadline,
  read: (hit: Hit) => T,
): T[] | null {
  const { rows } = context.queries.get<{ rows: number }>(sql`select count(*) as rows from (
    select 1 from batches where ${windowCondition(window)} limit ${context.limits.edgeRows + 1})`) ?? {
    rows: 0,
  }
  if (rows > context.limits.edgeRows) return null
  const values: T[] = []
  const cut = walkNewestFirst(context, { ...filter, window }, deadline, (hit) => values.push(read(hit)))
  return cut === null ? values : null
}
