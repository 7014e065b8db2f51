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
  readonly limits: ReadLimits
  readonly startDeadline: () => Deadline
  /** The batch at a position of the log. @throws when there is none */
  readBatch(seq: number): StoredBatch
  /** Batches by a condition and an order of the caller's making. */
  readBatches(tail: Sql): StoredBatch[]
}

/** How much a read may look at before it takes another way. */
export interface ReadLimits {
  /** How long a scan may take before it answers with what it has. */
  readonly scanMs: number
  /** Rows that are read and sorted at once faster than an index is scanned for them. */
  readonly candidates: number
  /** Signatures of a tool filter that are listed; a tool with more is met often enough in a scan. */
  readonly signatures: number
  /** Signatures whose stretches of the index are merged. */
  readonly mergedSignatures: number
  /** Batches in the open edges of a window that are read one by one: well within what a scan's time allows. */
  readonly edgeRows: number
}

export const DEFAULT_LIMITS: ReadLimits = {
  scanMs: 15,
  candidates: 8_000,
  signatures: 4_000,
  mergedSignatures: 256,
  edgeRows: 1_000,
}

/** What may be set otherwise, as by tests. */
export interface ReadOptions {
  /** Milliseconds on a monotonic clock. */
  readonly monotonicMs: () => number
  readonly limits: ReadLimits
}

export function createReadContext(db: SqliteDatabase, { monotonicMs, limits }: ReadOptions): ReadContext {
  const queries = createQueries(db)
  const dimensions = createDimensionReader(db)
  const columns = raw(`select ${BATCH_COLUMNS} from batches`)
  return {
    queries,
    dimensions,
    ids: createDimensionIds(db),
    limits,
    startDeadline: () => createDeadline(monotonicMs, limits.scanMs),
    readBatch(seq) {
      const row = queries.get<BatchRow>(sql`${columns} where seq = ${seq}`)
      if (row === undefined) throw new Error(`entry ${seq} of the log is referenced but not stored`)
      return decodeBatchRow(row, dimensions)
    },
    readBatches: (tail) =>
      queries.all<BatchRow>(sql`${columns} ${tail}`).map((row) => decodeBatchRow(row, dimensions)),
  }
}
