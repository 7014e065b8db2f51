import type { Alert } from '#lib/contract/alerts.ts'

/** A row of the list: the newest that is known of its alert. */
export interface AlertRow {
  readonly alert: Alert
  /** It no longer matches what the list shows, and stays until a person asks for the list anew. */
  readonly hasLeft: boolean
}

export interface MergedRows {
  readonly rows: readonly AlertRow[]
  /** Alerts that would stand above the first row or between rows: announced, not inserted. */
  readonly arrivals: readonly Alert[]
}

/**
 * What a list that a person reads becomes when its answer is read anew: rows keep their places, change in
 * place and stay when they no longer match; new ones are counted, but for those that belong below the last row.
 */
export function mergeAlertRows(shown: readonly Alert[], fresh: readonly Alert[]): MergedRows {
  if (shown.length === 0) return { rows: fresh.map(asRow), arrivals: [] }
  const byId = new Map(fresh.map((alert) => [alert.id, alert]))
  const known = new Set(shown.map((alert) => alert.id))
  const oldestMs = Math.min(...shown.map((alert) => alert.detected_at))
  const others = fresh.filter((alert) => !known.has(alert.id))
  const further = others.filter((alert) => alert.detected_at <= oldestMs)
  return {
    rows: [
      ...shown.map((alert) => {
        const now = byId.get(alert.id)
        return { alert: now ?? alert, hasLeft: now === undefined }
      }),
      ...further.map(asRow),
    ],
    arrivals: others.filter((alert) => alert.detected_at > oldestMs),
  }
}

function asRow(alert: Alert): AlertRow {
  return { alert, hasLeft: false }
}
