import type { ListOrder, ListPosition } from '#lib/contract/cursor.ts'
import { hitColumns, runsAfter, type SortColumn } from './order.ts'
import type { Hit, Source } from './scan.ts'
import { type Queries, raw, type Sql, sql } from './sql.ts'

/** A stretch of an index, and what its rows must be. */
export interface IndexScan {
  readonly index: string
  readonly column: SortColumn
  readonly order: ListOrder
  /** Narrows the stretch of the index itself. */
  readonly scope: Sql
  /** Decides over each row that is looked at. */
  readonly condition: Sql
  readonly after: ListPosition | null
  /** A step ends early once it has found this many. */
  readonly maxHits: number
}

/** What a filter may ask of a row: everything but the body, which is large. */
const FILTER_COLUMNS = `seq, batch_key, run_key, started_at_us, agent_id, environment_id, version_id, model_id,
  signature_id, slowest_tool_id, mode, source, size, wall_us, serialization, outcome_mask, retracted_by`

/**
 * Rows of one stretch of an index in its order. A step takes its rows from the index first and filters
 * those alone: asked for the matches directly, SQLite would not stop before it found enough of them.
 */
export function createIndexSource(queries: Queries, scan: IndexScan): Source {
  const { index, column, order, scope, condition, maxHits } = scan
  let runs = runsAfter(column, order, scan.after)
  let frontier: Hit | null = null

  function stretch(run: Sql, columns: string, limit: Sql): Sql {
    const sorted = `order by ${column.name} ${order.order}, seq ${order.order}`
    return sql`select ${raw(columns)} from batches indexed by ${raw(index)}
      where ${scope} and ${run} ${raw(sorted)} ${limit}`
  }

  /** Goes on behind the row, or in the next run when this one holds no further row. */
  function moveTo(last: Hit | undefined): void {
    if (last === undefined) {
      runs = runs.slice(1)
      return
    }
    frontier = last
    runs = runsAfter(column, order, last)
  }

  return {
    get frontier() {
      return frontier
    },
    get isDone() {
      return runs.length === 0
    },
    advance(rows) {
      const run = runs[0]
      if (run === undefined) return []
      const result = raw(hitColumns(column))
      const looked = stretch(run, FILTER_COLUMNS, sql`limit ${rows}`)
      // Without an order of its own the outer query hands the rows on as they come.
      const hits = queries.all<Hit>(
        sql`select ${result} from (${looked}) as batches where ${condition} limit ${maxHits}`,
      )
      const isCut = hits.length === maxHits
      moveTo(
        isCut ? hits.at(-1) : queries.get<Hit>(stretch(run, result.text, sql`limit 1 offset ${rows - 1}`)),
      )
      return hits
    },
  }
}
