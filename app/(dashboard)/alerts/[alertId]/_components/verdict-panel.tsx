'use client'

import Link from 'next/link'
import { useViewLink } from '#components/query/use-view-state.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { formatHandover } from '#lib/alerts/handover.ts'
import { describeVerdict } from '#lib/alerts/runbook.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import aside from './aside.module.css'
import { useToolEffects } from './use-tool-effects.ts'
import styles from './verdict-panel.module.css'

/** What it is and what to press, for whoever reads nothing else. */
export function VerdictPanel({ alert }: { readonly alert: AlertDetail }) {
  const link = useViewLink()
  const effects = useToolEffects(alert)
  const firstBad = alert.evidence.first_bad_batch_id
  const origin = typeof window === 'undefined' ? '' : window.location.origin
  return (
    <section className={aside.panel} aria-labelledby="verdict-head">
      <div className={aside.head}>
        <h2 id="verdict-head" className={aside.title}>
          What to press
        </h2>
        <span className={aside.note}>runbook {alert.kind}</span>
      </div>
      <p className={styles.verdict}>{describeVerdict(alert, effects)}</p>
      <div className={styles.actions}>
        {firstBad === null ? null : (
          <Link
            href={link(`/batches/${encodeURIComponent(firstBad)}`)}
            className={buttonClass()}
            data-kind="primary"
          >
            First bad batch
          </Link>
        )}
        <CopyButton
          text={formatHandover(alert, effects, `${origin}/alerts/${encodeURIComponent(alert.id)}`)}
          label="Copy what is known, for a chat or a ticket"
        >
          Copy for the channel
        </CopyButton>
      </div>
    </section>
  )
}
