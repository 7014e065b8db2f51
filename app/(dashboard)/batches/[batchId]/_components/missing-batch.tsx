'use client'

import Link from 'next/link'
import { useParams } from 'next/navigation'
import { useViewLink } from '#components/query/use-view-state.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './missing-batch.module.css'

/** As much of an id as two batches of one moment share: ids that are ordered by time begin with it. */
const PREFIX_CHARS = 8

/** No batch has this id: what that can mean, and what to do about each. */
export function MissingBatch() {
  const { batchId: raw } = useParams<{ batchId?: string }>()
  const link = useViewLink()
  const batchId = decodeURIComponent(raw ?? '')
  const prefix = batchId.slice(0, PREFIX_CHARS)
  return (
    <EmptyState
      title="No batch has this id"
      action={
        <>
          {batchId.length > PREFIX_CHARS ? (
            <Link href={link('/batches', { q: prefix })} className={buttonClass()} data-kind="primary">
              Ids that begin with {prefix}
            </Link>
          ) : null}
          <Link href={link('/batches')} className={buttonClass()}>
            All batches
          </Link>
        </>
      }
    >
      <code className={styles.id} title={batchId}>
        {middleTruncate(batchId, 64)}
      </code>
      <ul className={styles.reasons}>
        <li>Reported a moment ago? It appears within a second of being stored: reload this page.</li>
        <li>Copied by hand? Search for how the id begins.</li>
        <li>Old? The retention removes batches some time after they arrived.</li>
        <li>
          Sent, but never stored? The answer to the sender then names it under rejected, with the reason.
        </li>
      </ul>
    </EmptyState>
  )
}
