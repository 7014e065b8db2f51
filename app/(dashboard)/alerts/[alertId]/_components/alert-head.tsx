'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { StatusChip } from '#components/alerts/status-chip.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { ChevronLeftIcon, ChevronRightIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import styles from './alert-head.module.css'

interface AlertHeadProps {
  readonly alert: AlertDetail
  /** The actions. */
  readonly children: ReactNode
}

/** Which alert this is, how it stands, what can be done, and the sentence about it. */
export function AlertHead({ alert, children }: AlertHeadProps) {
  const link = useViewLink()
  const nowMs = useNow(10_000)
  return (
    <>
      <div className={styles.head}>
        <Link href={link('/alerts')} className={styles.back} aria-label="Alerts">
          <ChevronLeftIcon />
        </Link>
        <Link href={link('/alerts')} className={styles.crumb}>
          Alerts
        </Link>
        <span className={styles.chevron}>
          <ChevronRightIcon />
        </span>
        <span className={styles.id}>
          <MiddleTruncate text={alert.id} maxChars={24} />
        </span>
        <CopyButton text={alert.id} label="Copy the id" />
        <StatusChip alert={alert} nowMs={nowMs} />
        {alert.parent_id === null ? null : (
          <Link href={link(`/alerts/${encodeURIComponent(alert.parent_id)}`)} className={styles.parent}>
            explained by another alert
          </Link>
        )}
        <div className={styles.actions}>{children}</div>
      </div>
      <h1 className={styles.title}>{alert.summary}</h1>
    </>
  )
}
