import { randomBytes } from 'node:crypto'
import type { SqliteDatabase } from './sqlite/open.ts'

const SECRET_BYTES = 32

/** A random value of this store, made when it is first asked for and the same ever after. */
export function readSecret(db: SqliteDatabase, name: 'fingerprints'): string {
  db.prepare('insert into secrets (name, value) values (?, ?) on conflict (name) do nothing').run(
    name,
    randomBytes(SECRET_BYTES).toString('base64url'),
  )
  return db.prepare('select value from secrets where name = ?').pluck().get(name) as string
}
