import type { OtlpReceipt } from '#lib/contract/otlp.ts'
import { WAITING } from '../assembled.ts'
import type { ReadContext } from './context.ts'
import { readCounters } from './counters.ts'
import { sql, valueList } from './sql.ts'

/** Kinds of unread spans that are shown: the rest are rarer, and most likely alike. */
const SHOWN_KINDS = 50

/** What became of the spans that senders exported. */
export function getOtlpReceipt(context: ReadContext): OtlpReceipt {
  const { queries } = context
  const counted = readCounters(context)
  const held = queries.get<{ spans: number; bytes: number }>(
    sql`select coalesce(sum(spans), 0) as spans, coalesce(sum(bytes), 0) as bytes from components`,
  )
  const waiting = queries.get<{ batches: number }>(
    sql`select count(*) as batches from assembled where state in ${valueList(WAITING)}`,
  )
  const dirty = queries.get<{ runs: number }>(
    sql`select count(*) as runs from components where dirty_since_ms is not null`,
  )
  return {
    spans: counted('spans'),
    duplicates: counted('repeated-spans'),
    rejected: counted('rejected-spans'),
    late: counted('late-spans'),
    buffered_spans: held?.spans ?? 0,
    buffered_bytes: held?.bytes ?? 0,
    unassembled_runs: dirty?.runs ?? 0,
    provisional_batches: waiting?.batches ?? 0,
    dialects: listDialects(context),
    unrecognised: listUnrecognised(context),
  }
}

function listDialects({ queries }: ReadContext): OtlpReceipt['dialects'] {
  return queries.all<OtlpReceipt['dialects'][number]>(sql`
    select dialect, spans, last_seen_ms as last_seen_at from span_receipts where dialect <> ''
    order by last_seen_ms desc, dialect`)
}

function listUnrecognised({ queries }: ReadContext): OtlpReceipt['unrecognised'] {
  const rows = queries.all<{
    scope: string
    span_name: string
    missing: string
    spans: number
    last_seen_at: number
  }>(sql`
    select * from (select scope, span_name, missing, spans, last_seen_ms as last_seen_at from span_receipts
      where dialect = '' order by spans desc limit ${SHOWN_KINDS})
    order by last_seen_at desc, spans desc`)
  return rows.map((row) => ({ ...row, missing: JSON.parse(row.missing) as string[] }))
}
