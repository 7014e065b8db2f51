'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { StatusChip } from '#components/alerts/status-chip.tsx'
import { alertQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { Alert, AlertDetail } from '#lib/contract/alerts.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './related-panel.module.css'

/** Where else it shows: the alerts that this one explains, or the one that explains it. */
export function RelatedPanel({ alert }: { readonly alert: AlertDetail }) {
  const parent = useQuery({ ...alertQuery(alert.parent_id ?? ''), enabled: alert.parent_id !== null })
  const { children } = alert
  if (children.length === 0 && alert.parent_id === null) return null
  return (
    <section aria-labelledby="related-head">
      <PanelHead
        id="related-head"
        title={alert.parent_id === null ? 'Also seen on' : 'Explained by'}
        note={
          alert.parent_id === null
            ? `${formatNoun(children.length, 'alert', 'alerts')} that this one explains and keeps quiet`
            : 'while that one is current this one is kept quiet'
        }
      />
      <ul className={styles.list}>
        {parent.data ? <RelatedRow alert={parent.data} /> : null}
        {children.map((child) => (
          <RelatedRow key={child.id} alert={child} />
        ))}
      </ul>
    </section>
  )
}

function RelatedRow({ alert }: { readonly alert: Alert }) {
  const link = useViewLink()
  const nowMs = useNow(60_000)
  return (
    <li className={styles.row}>
      <KindGlyph kind={alert.kind} />
      <Link
        href={link(`/alerts/${encodeURIComponent(alert.id)}`)}
        className={styles.link}
        title={alert.summary}
      >
        {alert.summary}
      </Link>
      <StatusChip alert={alert} nowMs={nowMs} />
    </li>
  )
}
