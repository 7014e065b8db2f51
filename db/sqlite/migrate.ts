import { fileURLToPath } from 'node:url'
import type Database from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'

const MIGRATIONS_DIR = fileURLToPath(new URL('../migrations', import.meta.url))

const CREATE_TABLE = `create table if not exists __drizzle_migrations
  (id integer primary key, hash text not null, created_at numeric)`

/**
 * Applies the generated migrations that a file has not seen, all or none of them. Kept in drizzle-kit's own
 * table, but without its driver: loading that takes 160 MB in each thread. `beforeUpgrade` runs when the file
 * already holds data of an older version.
 * @throws Error when the file is of a newer version
 */
export function migrateFile(
  db: Database.Database,
  file: string,
  beforeUpgrade: (latest: number) => void,
): void {
  const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS_DIR })
  const known = migrations.length
  const applied = countAppliedMigrations(db)
  if (applied > known) {
    throw new Error(
      `${file} was written by a newer Parascope (${applied} migrations, this one knows ${known}). Start the newer version, or use another PARASCOPE_DATA_DIR.`,
    )
  }
  if (applied === known) return
  if (applied > 0) beforeUpgrade(known)
  const apply = db.transaction(() => {
    db.exec(CREATE_TABLE)
    const insert = db.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)')
    for (const { sql, hash, folderMillis } of migrations.slice(applied)) {
      for (const statement of sql) db.exec(statement)
      insert.run(hash, folderMillis)
    }
  })
  apply.immediate()
}

function countAppliedMigrations(db: Database.Database): number {
  const table = db
    .prepare("select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'")
    .get()
  if (!table) return 0
  const row = db.prepare('select count(*) as n from __drizzle_migrations').get() as { n: number }
  return row.n
}
