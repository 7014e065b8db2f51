import type { SqliteDatabase } from './sqlite/open.ts'

/** Some spans of one kind, as they arrived. */
export interface SpanReceipt {
  /** Empty when no dialect could read them. */
  readonly dialect: string
  readonly scope: string
  /** Ids and numbers within it replaced by `*`, so that one kind of span is one line. */
  readonly spanName: string
  readonly missing: readonly string[]
  readonly spans: number
  readonly lastSeenMs: number
}

/** Kinds that are told apart: names that senders mint would fill the table. */
const MAX_KINDS = 1_000

/** Counts what senders export. */
export interface SpanReceiptTable {
  /** A new kind past the bound takes the place of the one that was seen longest ago. */
  add(receipt: SpanReceipt): void
}

export function openSpanReceiptTable(db: SqliteDatabase): SpanReceiptTable {
  const update = db.prepare(`update span_receipts set spans = spans + ?, last_seen_ms = max(last_seen_ms, ?),
    missing = ? where dialect = ? and scope = ? and span_name = ?`)
  const insert = db.prepare(
    'insert into span_receipts (spans, last_seen_ms, missing, dialect, scope, span_name) values (?, ?, ?, ?, ?, ?)',
  )
  const trim = db.prepare(`delete from span_receipts where id in
    (select id from span_receipts order by last_seen_ms desc limit -1 offset ${MAX_KINDS})`)
  return {
    add({ dialect, scope, spanName, missing, spans, lastSeenMs }) {
      const values = [spans, lastSeenMs, JSON.stringify(missing), dialect, scope, spanName]
      if (update.run(...values).changes > 0) return
      insert.run(...values)
      trim.run()
    },
  }
}
