import type { AlertRecord } from '#lib/detectors/alert-book.ts'

const US_PER_MS = 1000

/** An alert as `parascope replay` writes it, a line each. Times are epoch ms in event time. */
export interface AlertLine {
  readonly id: string
  readonly kind: AlertRecord['kind']
  readonly agent: string
  readonly environment: string
  readonly key: AlertRecord['key']
  readonly detected_at: number
  readonly onset_at: number
  readonly first_bad_version: string | null
  readonly first_bad_model: string | null
  readonly resolved_at: number | null
}

export function toAlertLine(alert: AlertRecord): AlertLine {
  return {
    id: alert.id,
    kind: alert.kind,
    agent: alert.agent,
    environment: alert.environment,
    key: alert.key,
    detected_at: alert.detectedUs / US_PER_MS,
    onset_at: alert.onsetUs / US_PER_MS,
    first_bad_version: alert.firstBadVersion,
    first_bad_model: alert.firstBadModel,
    resolved_at: alert.resolvedUs === null ? null : alert.resolvedUs / US_PER_MS,
  }
}
