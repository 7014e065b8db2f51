import { deepStrictEqual } from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from '#db/sqlite/batch-row.ts'
import { createDimensionReader } from '#db/sqlite/dimensions.ts'
import { openForReading, openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { prepareIngest } from '#ingest/pipeline.ts'

/** Reads everything back and compares it, field by field, with what the requests held. @throws on any difference */
export function expectStored(file: string, bodies: readonly Buffer[]): void {
  const db = openForReading(file)
  const dimensions = createDimensionReader(db)
  const rows = db.prepare(`select ${BATCH_COLUMNS} from batches`).all() as BatchRow[]
  const stored = rows.map((row) => decodeBatchRow(row, dimensions))
  const byId = new Map(stored.map((batch) => [batch.batchId, batch]))
  let sent = 0
  for (const body of bodies) {
    const { batches } = prepareIngest(
      { body, encoding: '', receivedAtMs: 0, source: 'sdk' },
      Number.MAX_SAFE_INTEGER,
    )
    sent += batches.length
    for (const { batch } of batches) {
      const found = byId.get(batch.batchId)
      if (!found) throw new Error(`${batch.batchId} was acknowledged and is not stored`)
      // When it arrived, and what its arrival says of clocks, is the server's to know.
      deepStrictEqual({ ...found, receivedAtUs: 0, flags: [] }, { ...batch, receivedAtUs: 0, flags: [] })
    }
  }
  if (rows.length !== sent) throw new Error(`${rows.length} rows are stored for ${sent} batches`)
  db.close()
}

/** All rows of a table as arrays, for inserting them again elsewhere. */
export function readRows(file: string, table: string): { columns: string[]; rows: unknown[][] } {
  const db = openForReading(file)
  const statement = db.prepare(`select * from ${table} order by 1`)
  const columns = statement.columns().map(({ name }) => name)
  const rows = statement.raw().all() as unknown[][]
  db.close()
  return { columns, rows }
}

/** A bare loop over the same rows: same schema, same pragmas, `perCommit` rows a durable commit. Returns its seconds. */
export function insertBare(
  file: string,
  table: string,
  content: ReturnType<typeof readRows>,
  perCommit: number,
): number {
  const db = openForWriting(file)
  const places = content.columns.map(() => '?').join(', ')
  const insert = db.prepare(`insert into ${table} (${content.columns.join(', ')}) values (${places})`)
  const startedMs = performance.now()
  for (let i = 0; i < content.rows.length; i += perCommit)
    insertGroup(db, insert, content.rows.slice(i, i + perCommit))
  const seconds = (performance.now() - startedMs) / 1000
  db.close()
  return seconds
}

function insertGroup(
  db: SqliteDatabase,
  insert: ReturnType<SqliteDatabase['prepare']>,
  rows: readonly unknown[][],
): void {
  db.exec('begin immediate')
  for (const row of rows) insert.run(row)
  db.exec('commit')
}
