import { statusWord } from '#lib/alerts/words.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import { formatWhole } from '#lib/format/time.ts'
import type { AlertStatus } from '#lib/model/alert.ts'
import styles from './status-chip.module.css'

/** A triangle that stands, has been seen, sleeps, is covered, or is over: told apart without colour. */
function StatusGlyph({ status }: { readonly status: AlertStatus }) {
  return (
    <svg className={styles.glyph} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {status === 'resolved' ? (
        <path className={styles.line} d="M2 6.4 4.8 9 10 3.4" />
      ) : (
        <path
          className={styles.line}
          strokeDasharray={status === 'silenced' || status === 'muted' ? '1.8 1.7' : undefined}
          d="M6 1.2 11.3 10.7H.7z"
        />
      )}
      {status === 'open' ? (
        <>
          <path className={styles.line} d="M6 4.6v2.7" />
          <circle cx="6" cy="9" r=".75" />
        </>
      ) : null}
      {status === 'acknowledged' ? <path className={styles.line} d="M4.2 7.6 5.6 9l2.3-3" /> : null}
    </svg>
  )
}

interface StatusChipProps {
  readonly alert: Pick<Alert, 'status' | 'silenced_until' | 'onset_at' | 'resolved_at'>
  /** Null while the time of the browser is not known. */
  readonly nowMs: number | null
}

/** The status with its age: `open 34 min`, `silenced, 2 h left`, `resolved after 3 h`. */
export function StatusChip({ alert, nowMs }: StatusChipProps) {
  return (
    <span className={styles.chip} data-status={alert.status}>
      <StatusGlyph status={alert.status} />
      {describeStatus(alert, nowMs)}
    </span>
  )
}

export function describeStatus(alert: StatusChipProps['alert'], nowMs: number | null): string {
  const { status, silenced_until: untilMs, onset_at, resolved_at } = alert
  const word = statusWord(status)
  if (status === 'resolved' && resolved_at !== null) {
    return `${word} after ${formatWhole(Math.max(0, resolved_at - onset_at))}`
  }
  if (nowMs === null) return word
  if (status === 'silenced' && untilMs !== null) {
    return `${word}, ${formatWhole(Math.max(0, untilMs - nowMs))} left`
  }
  if (status === 'muted') return word
  return `${word} ${formatWhole(Math.max(0, nowMs - onset_at))}`
}
