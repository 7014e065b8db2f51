import type { StoredBatch } from '#lib/model/batch.ts'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from '../sqlite/batch-row.ts'
import {
  createDimensionIds,
  createDimensionReader,
  type DimensionIds,
  type DimensionReader,
} from '../sqlite/dimensions.ts'
import type { SqliteDatabase } from '../sqlite/open.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { createQueries, type Queries, raw, type Sql, sql } from './sql.ts'

/** What every read works with. */
export interface ReadContext {
  readonly queries: Queries
  readonly dimensions: DimensionReader
  /** The ids under which the consumers count what a batch names. */
  readonly ids: DimensionIds
  readonly startDeadline: () => Deadline
  /** The batch at a position of the log. @throws when there is none */
  readBatch(seq: number): StoredBatch
  /** Batches by a condition and an order of the caller's making. */
  readBatches(tail: Sql): StoredBatch[]
}

export interface ReadOptions {
  /** Milliseconds on a monotonic clock. */
  readonly monotonicMs: () => number
  /** How long a scan may take before it answers with what it has. */
  readonly scanBudgetMs: number
}

export function createReadContext(
  db: SqliteDatabase,
  { monotonicMs, scanBudgetMs }: ReadOptions,
): ReadContext {
  const queries = createQueries(db)
  const dimensions = createDimensionReader(db)
  const columns = raw(`select ${BATCH_COLUMNS} from batches`)
  return {
    queries,
    dimensions,
    ids: createDimensionIds(db),
    startDeadline: () => createDeadline(monotonicMs, scanBudgetMs),
    readBatch(seq) {
      const row = queries.get<BatchRow>(sql`${columns} where seq = ${seq}`)
      if (row === undefined) throw new Error(`entry ${seq} of the log is referenced but not stored`)
      return decodeBatchRow(row, dimensions)
    },
    readBatches: (tail) =>
      queries.all<BatchRow>(sql`${columns} ${tail}`).map((row) => decodeBatchRow(row, dimensions)),
  }
}
