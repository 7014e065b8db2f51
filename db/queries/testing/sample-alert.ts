import type { AlertEvidence } from '#lib/contract/alerts.ts'
import type { AlertRecord } from '#lib/detectors/alert-book.ts'
import { alertIdentity } from '#lib/model/alert.ts'
import { openAlertTable } from '../../alerts.ts'
import type { SqliteDatabase } from '../../sqlite/open.ts'

/** What the collector gathers, here of nothing. */
export const NO_EVIDENCE: AlertEvidence = {
  first_bad_batch_id: null,
  hypothesis: null,
  suspects: [],
  effect: null,
  lost_ms_per_batch: null,
  lost_ms_per_day: null,
  batches_before: [],
  batches_after: [],
  samples_before: [],
  samples_after: [],
  statistic: { threshold: 9, value: 12, trail: [] },
}

/** An alert as the detecting consumer writes one, with the event that opened it. */
export function writeSampleAlert(
  db: SqliteDatabase,
  change: Partial<AlertRecord> = {},
  evidence: AlertEvidence = NO_EVIDENCE,
): AlertRecord {
  const alert: AlertRecord = {
    id: 'alert-1',
    identity: '',
    kind: 'serialized',
    agent: 'support',
    environment: 'production',
    key: {},
    onsetUs: 1_000_000,
    detectedUs: 2_000_000,
    confirmedUs: 2_000_000,
    resolvedUs: null,
    firstBadVersion: '1.7',
    firstBadModel: null,
    parentId: null,
    reopened: 0,
    detectedSeq: 1,
    ...change,
  }
  const table = openAlertTable(db)
  const record = { ...alert, identity: alertIdentity(alert) }
  table.write(record, evidence)
  table.addEvent({
    alertId: record.id,
    seq: record.detectedSeq,
    event: 'opened',
    atUs: record.detectedUs,
  })
  if (record.resolvedUs !== null) {
    const seq = record.detectedSeq + 1
    table.addEvent({ alertId: record.id, seq, event: 'recovered', atUs: record.resolvedUs })
  }
  return record
}
