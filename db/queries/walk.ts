import type { ListOrder, ListPosition } from '#lib/contract/cursor.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { type RowFilter, type UsWindow, windowCondition } from './filter.ts'
import { createRowFinder } from './find-rows.ts'
import type { Hit, ScanResult } from './scan.ts'
import { sql } from './sql.ts'

const NEWEST_FIRST: ListOrder = { sort: 'started_at', order: 'desc' }
const PAGE_ROWS = 250

/**
 * Visits the rows of a filter, newest first, until the deadline; one page is always looked for. Answers null
 * when it came to the end, else from which start on every row was visited: rows that started together are
 * visited together, unless there are more of them than a page holds.
 */
export function walkNewestFirst(
  context: ReadContext,
  filter: RowFilter,
  deadline: Deadline,
  visit: (hit: Hit) => void,
): number | null {
  const find = createRowFinder(context, { filter, order: NEWEST_FIRST })
  let after = null as ListPosition | null
  let lastUs: number | null = null
  for (;;) {
    // Finding takes half of what is left, so that what was found can be visited.
    const page: ScanResult = find({ after, want: PAGE_ROWS }, deadline.half())
    const endUs = page.next?.value ?? Number.NEGATIVE_INFINITY
    const isOneInstant: boolean = after?.value === endUs
    for (const hit of page.hits) {
      if (hit.startedAtUs === endUs && !isOneInstant) break
      if (lastUs !== null && hit.startedAtUs !== lastUs && deadline.isOver()) return lastUs
      visit(hit)
      lastUs = hit.startedAtUs
    }
    if (page.next === null) return null
    if (deadline.isOver()) return isOneInstant ? endUs : endUs + 1
    // Rows that started with the last one looked at are looked at again, with those that were not yet.
    after = isOneInstant ? page.next : { value: endUs, seq: Number.MAX_SAFE_INTEGER }
  }
}

/** Whether a window holds at most so many batches, whatever the filter: an index alone tells. */
export function holdsAtMost({ queries }: ReadContext, window: UsWindow, rows: number): boolean {
  const further = sql`select 1 from batches where ${windowCondition(window)} limit 1 offset ${rows}`
  return queries.get(further) === undefined
}

/** What `read` makes of all rows of a filter within a short window; null when they are too many for the time. */
export function readWindow<T>(
  context: ReadContext,
  { filter, window }: { readonly filter: RowFilter; readonly window: UsWindow },
  deadline: Deadline,
  read: (hit: Hit) => T,
): T[] | null {
  if (!holdsAtMost(context, window, context.limits.edgeRows)) return null
  const values: T[] = []
  const cut = walkNewestFirst(context, { ...filter, window }, deadline, (hit) => values.push(read(hit)))
  return cut === null ? values : null
}
