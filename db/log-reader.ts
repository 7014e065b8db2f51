import type { StoredBatch } from '#lib/model/batch.ts'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from './sqlite/batch-row.ts'
import type { DimensionReader } from './sqlite/dimensions.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** One entry of the log. For a retraction `batch` is the batch that it takes out. */
export interface StoredEntry {
  readonly seq: number
  readonly op: 'add' | 'retract'
  readonly batchSeq: number
  readonly batch: StoredBatch
}

/** Entries of the log in order, `add` and `retract` from their two tables merged by position. */
export interface StoredLogReader {
  /** At most `limit` entries after position `seq`. */
  readAfter(seq: number, limit: number): StoredEntry[]
  /** The `add` entries of batches that started in [fromUs, toUs) and counted just after position `asOfSeq`. */
  readStartedBetween(fromUs: number, toUs: number, asOfSeq: number): StoredEntry[]
}

export function createLogReader(db: SqliteDatabase, dimensions: DimensionReader): StoredLogReader {
  const adds = db.prepare(`select ${BATCH_COLUMNS} from batches where seq > ? order by seq limit ?`)
  const retracts = db.prepare('select seq, batch_seq from retractions where seq > ? order by seq limit ?')
  const bySeq = db.prepare(`select ${BATCH_COLUMNS} from batches where seq = ?`)

  const between =
    db.prepare(`select ${BATCH_COLUMNS} from batches where started_at_us >= ? and started_at_us < ?
    and seq > 0 and seq <= ? and (retracted_by is null or retracted_by > ?) order by seq`)
  const toAdd = (row: BatchRow): StoredEntry => ({
    seq: row.seq,
    op: 'add',
    batchSeq: row.seq,
    batch: decodeBatchRow(row, dimensions),
  })

  return {
    readStartedBetween: (fromUs, toUs, asOfSeq) =>
      (between.all(fromUs, toUs, asOfSeq, asOfSeq) as BatchRow[]).map(toAdd),
    readAfter(seq, limit) {
      const added = adds.all(seq, limit) as BatchRow[]
      const entries = added.map(toAdd)
      const retracted = retracts.all(seq, limit) as { seq: number; batch_seq: number }[]
      if (retracted.length === 0) return entries
      for (const retraction of retracted) {
        const row = bySeq.get(retraction.batch_seq) as BatchRow
        entries.push({
          seq: retraction.seq,
          op: 'retract',
          batchSeq: row.seq,
          batch: decodeBatchRow(row, dimensions),
        })
      }
      return entries.sort((a, b) => a.seq - b.seq).slice(0, limit)
    },
  }
}
