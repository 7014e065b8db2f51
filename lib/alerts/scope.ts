import type { Alert } from '#lib/contract/alerts.ts'
import { toolsOf } from './words.ts'

/** Parameters of a link to batches, in the words of their filters. */
export type BatchLinkParams = Readonly<Record<string, string | number | readonly string[] | null>>

const HOUR_MS = 3_600_000
/** As much before the onset as after it, within these bounds, so that the change itself is in sight. */
const LEAST_LEAD_MS = HOUR_MS / 4
const MOST_LEAD_MS = 24 * HOUR_MS

/** The stretch of time that an alert is about: from somewhat before its onset to its end. Epoch ms, half-open. */
export interface AlertWindow {
  readonly fromMs: number
  /** Null while it goes on. */
  readonly toMs: number | null
}

export function alertWindow(alert: Alert): AlertWindow {
  const endMs = alert.resolved_at ?? Math.max(alert.detected_at, lastSampleMs(alert))
  const leadMs = Math.min(MOST_LEAD_MS, Math.max(LEAST_LEAD_MS, endMs - alert.onset_at))
  return {
    fromMs: Math.floor(alert.onset_at - leadMs),
    toMs: alert.resolved_at === null ? null : Math.ceil(alert.resolved_at + leadMs / 4),
  }
}

function lastSampleMs({ evidence }: Alert): number {
  return evidence.samples_after.reduce((last, sample) => Math.max(last, sample.started_at), 0)
}

/** Filters for the batches that the alert is about, over its window. */
export function alertBatchParams(alert: Alert): BatchLinkParams {
  const { fromMs, toMs } = alertWindow(alert)
  const tools = toolsOf(alert)
  return {
    range: null,
    from: fromMs,
    to: toMs,
    agent: alert.agent === '*' ? [] : [alert.agent],
    environment: [alert.environment],
    tool: tools,
    tool_match: tools.length > 1 && alert.kind !== 'missed' ? 'all' : null,
  }
}

/** The same from the onset on, and only of the first bad version or model where one is named. */
export function alertBadBatchParams(alert: Alert): BatchLinkParams {
  return {
    ...alertBatchParams(alert),
    from: Math.floor(alert.onset_at),
    version: alert.first_bad_version === null ? [] : [alert.first_bad_version],
    model: alert.first_bad_model === null ? [] : [alert.first_bad_model],
  }
}
