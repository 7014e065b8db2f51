import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toWireBatch } from '#db/queries/wire-batch.ts'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from '#db/sqlite/batch-row.ts'
import { createDimensionReader } from '#db/sqlite/dimensions.ts'
import { openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { hashContent } from './content-hash.ts'
import { deriveBothWays } from './derived-state.ts'

/** What a data folder holds, as a process finds it that opens it next. */
export interface StoreReport {
  /** The answer of `PRAGMA integrity_check`. */
  readonly integrity: string
  /** Content hash of each batch that counts, by id. */
  readonly hashes: ReadonlyMap<string, string>
  /** Ids that are there more than once. */
  readonly duplicated: readonly string[]
  readonly incremental: Record<string, string>
  readonly rebuilt: Record<string, string>
}

/** Looks into a copy of the folder, so that what a crash left behind stays as it is for the next start. */
export function inspectStore(dataDir: string): StoreReport {
  const folder = mkdtempSync(join(tmpdir(), 'parascope-inspect-'))
  try {
    // The shared-memory index is left out: as after a loss of power, it is built anew from the log.
    for (const name of ['parascope.db', 'parascope.db-wal']) {
      if (existsSync(join(dataDir, name))) cpSync(join(dataDir, name), join(folder, name))
    }
    return inspectFile(join(folder, 'parascope.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function inspectFile(file: string): StoreReport {
  const db = openForWriting(file)
  try {
    const integrity = db.pragma('integrity_check', { simple: true }) as string
    return { integrity, ...readBatches(db), ...deriveBothWays(db) }
  } finally {
    db.close()
  }
}

function readBatches(db: SqliteDatabase): Pick<StoreReport, 'hashes' | 'duplicated'> {
  const dimensions = createDimensionReader(db)
  const hashes = new Map<string, string>()
  const duplicated: string[] = []
  const rows = db.prepare(`select ${BATCH_COLUMNS} from batches where retracted_by is null order by seq`)
  for (const row of rows.iterate() as Iterable<BatchRow>) {
    const batch = toWireBatch(decodeBatchRow(row, dimensions))
    if (hashes.has(batch.batch_id)) duplicated.push(batch.batch_id)
    hashes.set(batch.batch_id, hashContent(batch))
  }
  return { hashes, duplicated }
}
