import type {
  ModeAction,
  ModeAudit,
  ModeAuditEntry,
  ModeAuditLine,
  ModeRule,
  ModeState,
} from '#lib/contract/mode.ts'
import { ChainChecker, GENESIS_HASH, hashLine } from './mode-chain.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** A revision about to be written. */
export interface ModeChange {
  readonly atUs: number
  readonly setBy: string
  readonly action: ModeAction
  readonly reason: string | null
  readonly summary: string
  readonly before: readonly ModeRule[]
  readonly after: readonly ModeRule[]
}

type ModeRow = ModeAuditLine & { readonly action: ModeAction }

/** The mode in force, from the newest revision; revision 0 without rules when none was ever set. */
export function readMode(db: SqliteDatabase): ModeState {
  const row = db.prepare('select revision, after from mode_revisions order by revision desc limit 1').get() as
    | Pick<ModeRow, 'revision' | 'after'>
    | undefined
  return {
    revision: row?.revision ?? 0,
    default: 'parallel',
    rules: row ? parseRules(row.after) : [],
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
    set_by: change.setBy.toWellFormed(),
    action: change.action,
    // Half of a surrogate pair would not be the same on disk, and break the chain.
    reason: change.reason?.toWellFormed() ?? null,
    summary: change.summary.toWellFormed(),
    before: JSON.stringify(change.before),
    after: JSON.stringify(change.after),
    previous_hash: last?.hash ?? GENESIS_HASH,
  }
  db.prepare(
    `insert into mode_revisions (revision, at_us, set_by, action, reason, summary, before, after, previous_hash, hash)
     values (@revision, @at_us, @set_by, @action, @reason, @summary, @before, @after, @previous_hash, @hash)`,
  ).run({ ...row, hash: hashLine(row) })
  return { revision: row.revision, default: 'parallel', rules: [...change.after] }
}

/** The line of the trail that somebody wrote under this name; null when there is none. */
export function findModeLine(db: SqliteDatabase, action: ModeAction, setBy: string): ModeAuditEntry | null {
  const row = db.prepare('select * from mode_revisions where action = ? and set_by = ?').get(action, setBy) as
    | ModeRow
    | undefined
  return row === undefined ? null : toEntry(row)
}

/** Some lines of the trail as they are stored, oldest first, after a revision. */
export function readModeLines(db: SqliteDatabase, afterRevision: number, limit: number): ModeAuditLine[] {
  return db
    .prepare('select * from mode_revisions where revision > ? order by revision limit ?')
    .all(afterRevision, limit) as ModeAuditLine[]
}

/** The audit trail, newest first. Every hash of the whole chain is computed again; `intact` says whether all match. */
export function readModeAudit(db: SqliteDatabase, limit: number): ModeAudit {
  const chain = new ChainChecker()
  const newest: ModeRow[] = []
  for (const row of db.prepare('select * from mode_revisions order by revision').iterate()) {
    chain.add(row as ModeRow)
    newest.push(row as ModeRow)
    if (newest.length > limit) newest.shift()
  }
  const { lines, headHash, firstBroken } = chain.finish()
  return {
    entries: newest.reverse().map(toEntry),
    intact: firstBroken === null,
    lines,
    head_hash: headHash,
    first_broken: firstBroken,
  }
}

function toEntry(row: ModeRow): ModeAuditEntry {
  return {
    revision: row.revision,
    at: row.at_us / 1000,
    by: row.set_by,
    action: row.action,
    reason: row.reason,
    summary: row.summary,
    before: showRules(row.before),
    after: showRules(row.after),
    previous_hash: row.previous_hash,
    hash: row.hash,
  }
}

/** Lines that were written before rules could be guarded say nothing of it. */
function parseRules(text: string): ModeRule[] {
  return (JSON.parse(text) as ModeRule[]).map((rule) => ({ ...rule, guard: rule.guard ?? null }))
}

/** What somebody made unreadable has no rules to show; that its line is broken is said by the chain. */
function showRules(text: string): ModeRule[] {
  try {
    return parseRules(text)
  } catch {
    return []
  }
}
