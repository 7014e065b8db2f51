import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { MODE_ACTIONS } from '#lib/contract/mode.ts'

/**
 * Every revision of the mode, append-only: the newest row is the mode in force, all rows are the audit
 * trail. `hash` covers the row and the hash of the row before it.
 */
export const modeRevisions = sqliteTable('mode_revisions', {
  revision: integer().primaryKey(),
  atUs: integer('at_us').notNull(),
  setBy: text('set_by').notNull(),
  action: text({ enum: MODE_ACTIONS }).notNull(),
  reason: text(),
  summary: text().notNull(),
  before: text().notNull(),
  after: text().notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text().notNull(),
})
