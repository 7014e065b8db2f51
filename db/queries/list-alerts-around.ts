import { distinctTools, timedCalls } from '#lib/alerts/calls.ts'
import { toolsNeeded } from '#lib/alerts/key-tools.ts'
import type { AlertEvidence } from '#lib/contract/alerts.ts'
import type { BatchContext } from '#lib/contract/reads.ts'
import type { AlertKey } from '#lib/model/alert.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { readAlertRows, readStandings, type StandingAlert } from './alert-rows.ts'
import type { ReadContext } from './context.ts'
import { sql } from './sql.ts'
import { toWireAlerts } from './wire-alert.ts'

const MAX_ALERTS = 20
/** Rows looked at: alerts of one agent that held at one time are few. */
const MAX_ROWS = 50

/** Alerts that held for the agent and the tools of a batch when it ran, whether or not it is among their evidence. */
export function listAlertsAround(
  { queries }: ReadContext,
  batch: StoredBatch,
  nowMs: number,
): BatchContext['alerts'] {
  const { agent, environment, startedAtUs } = batch
  const lastEndUs = timedCalls(batch).reduce((last, { endUs }) => Math.max(last, endUs), 0)
  const rows = readAlertRows(
    queries,
    sql`where agent in (${agent}, '*') and environment = ${environment} and onset_us <= ${startedAtUs + lastEndUs}
      and (resolved_us is null or resolved_us >= ${startedAtUs})
      order by detected_us desc, id desc limit ${MAX_ROWS}`,
  )
  const about = readStandings(queries, rows, Math.round(nowMs * 1000))
    .filter((alert) => isAbout(alert, batch))
    .slice(0, MAX_ALERTS)
  return toWireAlerts(queries, about).map(({ id, kind, status, summary, evidence }) => {
    return { id, kind, status, summary, is_evidence: isEvidence(evidence, batch.batchId) }
  })
}

function isAbout({ row, standing }: StandingAlert, batch: StoredBatch): boolean {
  // A person may have resolved it before, which the columns do not say.
  if (standing.resolvedUs !== null && standing.resolvedUs < batch.startedAtUs) return false
  const key = JSON.parse(row.key) as AlertKey
  if (key.signature !== undefined && row.kind === 'serialized') return distinctTools(batch) === key.signature
  const { names, match } = toolsNeeded(row.kind, key)
  const isThere = (tool: string) => batch.calls.some((call) => call.tool === tool)
  return names.length === 0 || (match === 'any' ? names.some(isThere) : names.every(isThere))
}

function isEvidence(evidence: AlertEvidence, batchId: string): boolean {
  return (
    evidence.first_bad_batch_id === batchId ||
    evidence.batches_after.includes(batchId) ||
    evidence.samples_after.some((sample) => sample.batch_id === batchId)
  )
}
