import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { migrateFile } from './migrate.ts'

export type SqliteDatabase = Database.Database

/** Fewer checkpoints in the hot path: 4000 pages are 32 MiB of log between two of them. */
const WAL_AUTOCHECKPOINT_PAGES = 4000
const CACHE_KIB = 65_536
/** Nobody else should write; who does so for longer is told of, and everybody waits while we wait. */
const BUSY_TIMEOUT_MS = 500
/** A batch takes half a kilobyte: on pages of 8 KiB less of each is left over than on the default 4. */
const PAGE_BYTES = 8192

/**
 * Opens the one writing connection: WAL, every commit flushed before it returns. Creates the file and its
 * folder; brings an older file up to date after copying it to `<file>.before-<n>-migrations`.
 * @throws SqliteError when the file cannot be opened or is no database
 */
export function openForWriting(file: string): SqliteDatabase {
  mkdirSync(dirname(file), { recursive: true })
  const db = new Database(file)
  try {
    // Counts only for a new file, and only before the first write.
    db.pragma(`page_size = ${PAGE_BYTES}`)
    db.pragma('journal_mode = WAL')
    applyWriterPragmas(db)
    migrateFile(db, file, (latest) => {
      db.prepare('VACUUM INTO ?').run(`${file}.before-${latest}-migrations`)
    })
    // The package drops to NORMAL when it first sees WAL, so FULL is set after everything else.
    applyWriterPragmas(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function applyWriterPragmas(db: SqliteDatabase): void {
  db.pragma('synchronous = FULL')
  db.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`)
  db.pragma(`cache_size = -${CACHE_KIB}`)
  db.pragma('temp_store = MEMORY')
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
}

/** Opens a connection that can only read. The file must exist and be current. */
export function openForReading(file: string): SqliteDatabase {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  // Read with the file's own calls: mapped into memory, a cold file costs several times as much.
  db.pragma('mmap_size = 0')
  db.pragma(`cache_size = -${CACHE_KIB}`)
  db.pragma('temp_store = MEMORY')
  db.pragma('busy_timeout = 2000')
  return db
}
