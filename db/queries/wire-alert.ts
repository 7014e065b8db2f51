import { describeAlert } from '#lib/alerts/describe.ts'
import { listHistory } from '#lib/alerts/status.ts'
import type { Alert, AlertEvidence, AlertHistoryEntry } from '#lib/contract/alerts.ts'
import type { AlertKey } from '#lib/model/alert.ts'
import { readEvidence, type StandingAlert } from './alert-rows.ts'
import type { Queries } from './sql.ts'
import { toMs } from './wire-batch.ts'

/** The public shape of alerts, with all of their evidence. */
export function toWireAlerts(queries: Queries, alerts: readonly StandingAlert[]): Alert[] {
  const evidence = readEvidence(
    queries,
    alerts.map(({ row }) => row.id),
  )
  return alerts.map((alert) => toWireAlert(alert, evidence.get(alert.row.id) as AlertEvidence))
}

/** As {@link toWireAlerts} for a list, without the samples, which are most of their bytes. */
export function toListedAlerts(queries: Queries, alerts: readonly StandingAlert[]): Alert[] {
  return toWireAlerts(queries, alerts).map((alert) => ({
    ...alert,
    evidence: { ...alert.evidence, samples_before: [], samples_after: [] },
  }))
}

function toWireAlert({ row, standing }: StandingAlert, evidence: AlertEvidence): Alert {
  const key = JSON.parse(row.key) as AlertKey & Alert['key']
  const { kind, agent, environment, first_bad_version: firstBadVersion } = row
  const { suspects, hypothesis, effect, lost_ms_per_batch: lostMsPerBatch } = evidence
  return {
    id: row.id,
    kind,
    agent,
    environment,
    key,
    detected_at: row.detected_us / 1000,
    onset_at: row.onset_us / 1000,
    resolved_at: toMs(standing.resolvedUs),
    first_bad_version: firstBadVersion,
    first_bad_model: row.first_bad_model,
    suspect: suspects[0] ?? null,
    status: standing.status,
    parent_id: row.parent_id,
    silenced_until: toMs(standing.silencedUntilUs),
    reopened: standing.reopened,
    summary: describeAlert({
      kind,
      agent,
      key,
      firstBadVersion,
      suspects,
      hypothesis,
      effect,
      lostMsPerBatch,
    }),
    evidence,
  }
}

export function toWireHistory({ life }: StandingAlert): AlertHistoryEntry[] {
  return listHistory(life).map(({ event, atUs, by, note, untilUs }) => ({
    at: atUs / 1000,
    event,
    by,
    note,
    until: toMs(untilUs),
  }))
}
