import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'

export type SqliteDatabase = Database.Database

const MIGRATIONS_DIR = fileURLToPath(new URL('../migrations', import.meta.url))
/** Fewer checkpoints in the hot path: 4000 pages of 4 KiB are 16 MiB of log between two of them. */
const WAL_AUTOCHECKPOINT_PAGES = 4000
const CACHE_KIB = 65_536
const MMAP_BYTES = 1 << 30

/**
 * Opens the one writing connection: WAL, every commit flushed before it returns. Creates the file and its
 * folder; brings an older file up to date after copying it to `<file>.before-<n>-migrations`.
 * @throws SqliteError when the file cannot be opened or is no database
 */
export function openForWriting(file: string): SqliteDatabase {
  mkdirSync(dirname(file), { recursive: true })
  const existed = existsSync(file)
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    applyWriterPragmas(db)
    upgrade(db, file, existed)
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
  db.pragma('busy_timeout = 2000')
}

/** Opens a connection that can only read. The file must exist and be current. */
export function openForReading(file: string): SqliteDatabase {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  db.pragma(`mmap_size = ${MMAP_BYTES}`)
  db.pragma('cache_size = -16384')
  db.pragma('temp_store = MEMORY')
  db.pragma('busy_timeout = 2000')
  return db
}

function upgrade(db: SqliteDatabase, file: string, existed: boolean): void {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS_DIR }).length
  const applied = countAppliedMigrations(db)
  if (applied > known) {
    throw new Error(
      `${file} was written by a newer Parascope (${applied} migrations, this one knows ${known}). Start the newer version, or use another PARASCOPE_DATA_DIR.`,
    )
  }
  if (applied === known) return
  if (existed && applied > 0) db.prepare('VACUUM INTO ?').run(`${file}.before-${known}-migrations`)
  migrate(drizzle(db), { migrationsFolder: MIGRATIONS_DIR })
}

function countAppliedMigrations(db: SqliteDatabase): number {
  const table = db
    .prepare("select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'")
    .get()
  if (!table) return 0
  const row = db.prepare('select count(*) as n from __drizzle_migrations').get() as { n: number }
  return row.n
}
