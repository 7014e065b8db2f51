'use client'

import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { statusWord } from '#lib/alerts/words.ts'
import type { BatchDetail } from '#lib/contract/reads.ts'
import styles from './batch-alerts.module.css'

/** Alerts that a line is worth; the list has them all. */
const SHOWN = 3

/** Alerts that held for this batch when it ran, those that show it first. Nothing when there were none. */
export function BatchAlerts({ batch }: { readonly batch: BatchDetail }) {
  const link = useViewLink()
  const { alerts } = batch.context
  if (alerts.length === 0) return null
  const shown = alerts.toSorted((a, b) => Number(b.is_evidence) - Number(a.is_evidence)).slice(0, SHOWN)
  const rest = alerts.length - shown.length
  return (
    <ul className={styles.alerts} aria-label="Alerts">
      {shown.map((alert) => (
        <li key={alert.id} data-status={alert.status}>
          <KindGlyph kind={alert.kind} size={12} />
          <span className={styles.what}>
            {alert.is_evidence ? 'Evidence of' : 'Ran during'}{' '}
            <Link href={link(`/alerts/${encodeURIComponent(alert.id)}`)} className={styles.link}>
              {alert.summary}
            </Link>
            <span className={styles.status}>, {statusWord(alert.status)}</span>
          </span>
        </li>
      ))}
      {rest > 0 ? (
        <li>
          <Link
            href={link('/alerts', { state: 'all', agent: batch.agent, environment: batch.environment })}
            className={styles.link}
          >
            and {rest} more
          </Link>
        </li>
      ) : null}
    </ul>
  )
}
