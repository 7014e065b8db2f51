import type Database from 'better-sqlite3'
import type { ToolName } from '../catalogue.ts'
import { type CreditAudit, createCreditLedger } from './credit-ledger.ts'
import type { ServiceClient } from './http-tools.ts'
import { integerArg, type ToolBody, ToolError, textArg } from './tool.ts'

type LedgerToolName = Extract<ToolName, 'record_refund' | 'apply_credit' | 'audit_balance'>

/** The refund ledger keeps this many newest rows: the demo runs until stopped. */
const KEPT_REFUNDS = 20_000

export interface LedgerOptions {
  readonly database: Database.Database
  readonly ask: ServiceClient
  /** Told of every audit that found lost updates. */
  readonly onLostUpdates: (customerId: string, audit: CreditAudit) => void
}

/** Tools over a SQLite database: the refund ledger, and credit balances that overlapping calls corrupt. */
export function createLedgerTools({
  database,
  ask,
  onLostUpdates,
}: LedgerOptions): Record<LedgerToolName, ToolBody> {
  const credits = createCreditLedger(database)
  return {
    record_refund: createRecordRefund(database),
    apply_credit: async (args, { callId, signal }) => {
      const customerId = textArg(args, 'customerId')
      const amountCents = integerArg(args, 'amountCents')
      const snapshot = credits.read(customerId)
      const check = await ask(`/customers/${encodeURIComponent(customerId)}/credit-checks`, signal, {
        amountCents,
      })
      if ((check as { approved?: unknown }).approved !== true)
        throw new ToolError('credit_refused', 'above the limit')
      // What a sibling wrote during the check is lost here: this is the demo's one deliberate race.
      const balanceCents = credits.write(customerId, callId, snapshot, amountCents)
      return { customerId, amountCents, balanceCents }
    },
    audit_balance: async (args) => {
      const customerId = textArg(args, 'customerId')
      const audit = credits.audit(customerId)
      if (audit.lost.length === 0) return { customerId, ...audit }
      onLostUpdates(customerId, audit)
      throw new ToolError('lost_update', formatLostUpdates(customerId, audit))
    },
  }
}

/** One line that says which calls' updates were lost, and to whom. */
export function formatLostUpdates(customerId: string, audit: CreditAudit): string {
  const lost = audit.lost
    .map(
      ({ callId, amountCents, overwrittenBy }) =>
        `${callId} (${formatCents(amountCents)}) overwritten by ${overwrittenBy}`,
    )
    .join(', ')
  return `credits/${customerId} holds ${formatCents(audit.balanceCents)} but ${formatCents(audit.expectedCents)} were credited: lost ${lost}`
}

function formatCents(cents: number): string {
  return (cents / 100).toFixed(2)
}

function createRecordRefund(database: Database.Database): ToolBody {
  database.exec(`CREATE TABLE IF NOT EXISTS refund_ledger (
    id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, amount_cents INTEGER NOT NULL, call_id TEXT NOT NULL
  ) STRICT`)
  const insert = database.prepare<[string, number, string]>(
    'INSERT INTO refund_ledger (order_id, amount_cents, call_id) VALUES (?, ?, ?)',
  )
  const expire = database.prepare<[number]>('DELETE FROM refund_ledger WHERE id <= ?')
  const record = database.transaction((orderId: string, amountCents: number, callId: string) => {
    const entryId = Number(insert.run(orderId, amountCents, callId).lastInsertRowid)
    expire.run(entryId - KEPT_REFUNDS)
    return entryId
  })
  return async (args, { callId }) => {
    const orderId = textArg(args, 'orderId')
    return { orderId, entryId: record(orderId, integerArg(args, 'amountCents'), callId) }
  }
}
