import type { ReadContext } from './context.ts'
import type { UsWindow } from './filter.ts'
import { sql } from './sql.ts'

/** A closed-off stretch of time, epoch microseconds, half-open. */
export interface Span {
  readonly fromUs: number
  readonly toUs: number
}

/**
 * A window with its open bounds put where there is something to draw: it begins with the first batch ever,
 * and ends now or just after the last batch, whichever is later.
 */
export function closeWindow({ queries }: ReadContext, { fromUs, toUs }: UsWindow, nowMs: number): Span {
  const edge = (order: 'asc' | 'desc') =>
    queries.get<{ at: number }>(
      order === 'asc'
        ? sql`select started_at_us as at from batches order by started_at_us limit 1`
        : sql`select started_at_us as at from batches order by started_at_us desc limit 1`,
    )?.at
  const nowUs = Math.round(nowMs * 1000)
  const from = fromUs ?? Math.min(edge('asc') ?? nowUs, toUs ?? nowUs)
  return { fromUs: from, toUs: Math.max(from, toUs ?? Math.max(nowUs, (edge('desc') ?? 0) + 1)) }
}
