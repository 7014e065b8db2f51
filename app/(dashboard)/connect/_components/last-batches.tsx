'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { MiniGantt } from '#components/batch/mini-gantt.tsx'
import { OutcomeCounts } from '#components/batch/outcome-counts.tsx'
import { SectionHead } from '#components/mode/section-head.tsx'
import { newestBatchesQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Duration } from '#components/ui/duration.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { formatAge } from '#lib/format/time.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import styles from './last-batches.module.css'

const SHOWN = 6

/** The batches that came last, of whatever agent; it stands still while somebody points at it. */
export function LastBatches({ agent }: { readonly agent: string }) {
  const { data, isPending } = useQuery(newestBatchesQuery({}))
  const [held, setHeld] = useState<readonly WireBatch[] | null>(null)
  // The list is by the sender's clock; arrival is by ours.
  const newest = [...(data?.batches ?? [])].sort((a, b) => b.received_at - a.received_at).slice(0, SHOWN)
  const rows = held ?? newest
  return (
    <section aria-labelledby="arrived">
      <SectionHead
        id="arrived"
        title="Last batches that arrived"
        note={held === null ? 'of every agent' : 'held while you point at it'}
      />
      {isPending ? (
        <SkeletonRows rows={3} widths={[110, 80, 60, 50]} label="Reading the newest batches" />
      ) : null}
      {!isPending && rows.length === 0 ? (
        <p className={styles.empty}>None yet: this server has no batch of any agent.</p>
      ) : null}
      <ul
        className={styles.list}
        onPointerEnter={(event) => {
          if (event.pointerType === 'mouse') setHeld(newest)
        }}
        onPointerLeave={() => setHeld(null)}
      >
        {rows.map((batch) => (
          <Row key={batch.batch_id} batch={batch} isOwn={batch.agent === agent} />
        ))}
      </ul>
    </section>
  )
}

function Row({ batch, isOwn }: { readonly batch: WireBatch; readonly isOwn: boolean }) {
  const link = useViewLink()
  const nowMs = useNow(1000)
  return (
    <li className={styles.row} data-own={isOwn || undefined}>
      <Link
        href={link(`/batches/${encodeURIComponent(batch.batch_id)}`)}
        prefetch={false}
        className={styles.link}
        title={batch.batch_id}
      >
        <span className={styles.shape}>
          <MiniGantt batch={batch} />
        </span>
        <span className={styles.agent}>
          <MiddleTruncate text={batch.agent} maxChars={24} />
        </span>
        <OutcomeCounts counts={batch.outcomes} />
        <span className={styles.wall}>
          <Duration ms={batch.wall_ms} none={explainNoTimes(batch)} />
        </span>
        <span className={styles.age}>
          {nowMs === null ? '' : formatAge(Math.max(0, nowMs - batch.received_at))}
        </span>
      </Link>
    </li>
  )
}
