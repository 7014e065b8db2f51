import { createHash } from 'node:crypto'
import type { ModeAudit, ModeAuditEntry, ModeRule, ModeState } from '#lib/contract/mode.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** A revision about to be written. */
export interface ModeChange {
  readonly atUs: number
  readonly setBy: string
  readonly action: 'set' | 'expire'
  readonly reason: string | null
  readonly summary: string
  readonly before: readonly ModeRule[]
  readonly after: readonly ModeRule[]
}

interface ModeRow {
  readonly revision: number
  readonly at_us: number
  readonly set_by: string
  readonly action: 'set' | 'expire'
  readonly reason: string | null
  readonly summary: string
  readonly before: string
  readonly after: string
  readonly previous_hash: string
  readonly hash: string
}

/** The `previous_hash` of the first revision. */
const GENESIS_HASH = '0'.repeat(64)

/** The mode in force, from the newest revision; revision 0 without rules when none was ever set. */
export function readMode(db: SqliteDatabase): ModeState {
  const row = db.prepare('select revision, after from mode_revisions order by revision desc limit 1').get() as
    | Pick<ModeRow, 'revision' | 'after'>
    | undefined
  return {
    revision: row?.revision ?? 0,
    default: 'parallel',
    rules: row ? (JSON.parse(row.after) as ModeRule[]) : [],
  }
}

/** Appends a revision to the chain and returns the mode that is now in force. Call inside a transaction. */
export function appendModeRevision(db: SqliteDatabase, change: ModeChange): ModeState {
  const last = db.prepare('select revision, hash from mode_revisions order by revision desc limit 1').get() as
    | Pick<ModeRow, 'revision' | 'hash'>
    | undefined
  const row = {
    revision: (last?.revision ?? 0) + 1,
    at_us: change.atUs,
    set_by: change.setBy,
    action: change.action,
    reason: change.reason,
    summary: change.summary,
    before: JSON.stringify(change.before),
    after: JSON.stringify(change.after),
    previous_hash: last?.hash ?? GENESIS_HASH,
  }
  db.prepare(
    `insert into mode_revisions (revision, at_us, set_by, action, reason, summary, before, after, previous_hash, hash)
     values (@revision, @at_us, @set_by, @action, @reason, @summary, @before, @after, @previous_hash, @hash)`,
  ).run({ ...row, hash: hashRevision(row) })
  return { revision: row.revision, default: 'parallel', rules: [...change.after] }
}

/** The audit trail, newest first. Every hash of the whole chain is computed again; `intact` says whether all match. */
export function readModeAudit(db: SqliteDatabase, limit: number): ModeAudit {
  const rows = db.prepare('select * from mode_revisions order by revision').all() as ModeRow[]
  let previous = GENESIS_HASH
  let intact = true
  for (const row of rows) {
    if (row.previous_hash !== previous || row.hash !== hashRevision(row)) intact = false
    previous = row.hash
  }
  return { entries: rows.slice(-limit).reverse().map(toEntry), intact }
}

function toEntry(row: ModeRow): ModeAuditEntry {
  return {
    revision: row.revision,
    at: row.at_us / 1000,
    by: row.set_by,
    action: row.action,
    reason: row.reason,
    summary: row.summary,
    before: JSON.parse(row.before) as ModeRule[],
    after: JSON.parse(row.after) as ModeRule[],
    previous_hash: row.previous_hash,
    hash: row.hash,
  }
}

/** SHA-256 over the fields of a revision in a fixed order, the hash of the one before included. */
function hashRevision(row: Omit<ModeRow, 'hash'>): string {
  const fields = [
    row.revision,
    row.at_us,
    row.set_by,
    row.action,
    row.reason,
    row.summary,
    row.before,
    row.after,
    row.previous_hash,
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}
