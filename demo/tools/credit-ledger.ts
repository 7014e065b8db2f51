import type Database from 'better-sqlite3'

/*
 * Credit balances, kept the way hurried code keeps them: read the balance, think, write the sum.
 * Every write also leaves an entry that says which entry its writer had read, so that an audit can tell
 * afterwards whose update was lost:
 *
 *   entry 7 (read 6)  ◄── entry 8 (read 6)     8 wrote over 7 without having seen it: 7 is lost
 *   entry 7 (read 6)  ◄── entry 8 (read 7)     nothing is lost
 */

/** What a writer saw before it thought. */
export interface CreditSnapshot {
  readonly balanceCents: number
  /** The entry that wrote this balance; 0 for an untouched account. */
  readonly lastEntryId: number
}

export interface LostUpdate {
  readonly callId: string
  readonly amountCents: number
  /** The call that wrote over it. */
  readonly overwrittenBy: string
}

export interface CreditAudit {
  readonly balanceCents: number
  /** The true sum of every credit that was ever applied. */
  readonly expectedCents: number
  /** Updates lost since the last audit of this customer, oldest first. */
  readonly lost: readonly LostUpdate[]
}

export interface CreditLedger {
  readonly read: (customerId: string) => CreditSnapshot
  /** Writes `snapshot + amountCents`, whatever was written meanwhile. Returns the new balance. */
  readonly write: (
    customerId: string,
    callId: string,
    snapshot: CreditSnapshot,
    amountCents: number,
  ) => number
  /** Only while no credit of this customer is under way. What was audited is summed up and forgotten. */
  readonly audit: (customerId: string) => CreditAudit
}

interface EntryRow {
  readonly id: number
  readonly callId: string
  readonly amountCents: number
  readonly readEntryId: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS credit_account (
    customer_id TEXT PRIMARY KEY, balance_cents INTEGER NOT NULL, last_entry_id INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS credit_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id TEXT NOT NULL, call_id TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, read_entry_id INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS credit_entry_customer ON credit_entry (customer_id, id);
  CREATE TABLE IF NOT EXISTS credit_audit (
    customer_id TEXT PRIMARY KEY, audited_to_id INTEGER NOT NULL, expected_cents INTEGER NOT NULL
  ) STRICT;
`

export function createCreditLedger(database: Database.Database): CreditLedger {
  database.exec(SCHEMA)
  const readAccount = database.prepare<[string], CreditSnapshot>(
    'SELECT balance_cents AS balanceCents, last_entry_id AS lastEntryId FROM credit_account WHERE customer_id = ?',
  )
  const insertEntry = database.prepare<[string, string, number, number]>(
    'INSERT INTO credit_entry (customer_id, call_id, amount_cents, read_entry_id) VALUES (?, ?, ?, ?)',
  )
  const writeAccount = database.prepare<[string, number, number]>(
    `INSERT INTO credit_account (customer_id, balance_cents, last_entry_id) VALUES (?, ?, ?)
     ON CONFLICT (customer_id) DO UPDATE SET balance_cents = excluded.balance_cents, last_entry_id = excluded.last_entry_id`,
  )
  const read = (customerId: string): CreditSnapshot =>
    readAccount.get(customerId) ?? { balanceCents: 0, lastEntryId: 0 }
  return {
    read,
    write: (customerId, callId, snapshot, amountCents) => {
      const balanceCents = snapshot.balanceCents + amountCents
      const entryId = insertEntry.run(customerId, callId, amountCents, snapshot.lastEntryId).lastInsertRowid
      writeAccount.run(customerId, balanceCents, Number(entryId))
      return balanceCents
    },
    audit: createAudit(database, read),
  }
}

function createAudit(
  database: Database.Database,
  read: (customerId: string) => CreditSnapshot,
): (customerId: string) => CreditAudit {
  const readAudit = database.prepare<[string], { auditedToId: number; expectedCents: number }>(
    'SELECT audited_to_id AS auditedToId, expected_cents AS expectedCents FROM credit_audit WHERE customer_id = ?',
  )
  const listEntries = database.prepare<[string, number], EntryRow>(
    `SELECT id, call_id AS callId, amount_cents AS amountCents, read_entry_id AS readEntryId
     FROM credit_entry WHERE customer_id = ? AND id > ? ORDER BY id`,
  )
  const writeAudit = database.prepare<[string, number, number]>(
    `INSERT INTO credit_audit (customer_id, audited_to_id, expected_cents) VALUES (?, ?, ?)
     ON CONFLICT (customer_id) DO UPDATE SET audited_to_id = excluded.audited_to_id, expected_cents = excluded.expected_cents`,
  )
  const forget = database.prepare<[string, number]>(
    'DELETE FROM credit_entry WHERE customer_id = ? AND id <= ?',
  )
  return database.transaction((customerId: string): CreditAudit => {
    const account = read(customerId)
    const before = readAudit.get(customerId) ?? { auditedToId: 0, expectedCents: 0 }
    const entries = listEntries.all(customerId, before.auditedToId)
    const expectedCents = entries.reduce((sum, entry) => sum + entry.amountCents, before.expectedCents)
    writeAudit.run(customerId, account.lastEntryId, expectedCents)
    forget.run(customerId, account.lastEntryId)
    return {
      balanceCents: account.balanceCents,
      expectedCents,
      lost: findLostUpdates(entries, account.lastEntryId),
    }
  })
}

/** Entries that the current balance does not descend from. `entries` is in the order of writing. */
export function findLostUpdates(entries: readonly EntryRow[], lastEntryId: number): LostUpdate[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const kept = new Set<number>()
  for (let entry = byId.get(lastEntryId); entry; entry = byId.get(entry.readEntryId)) kept.add(entry.id)
  return entries.flatMap((entry, index) => {
    const next = entries[index + 1]
    if (kept.has(entry.id) || !next) return []
    return [{ callId: entry.callId, amountCents: entry.amountCents, overwrittenBy: next.callId }]
  })
}
