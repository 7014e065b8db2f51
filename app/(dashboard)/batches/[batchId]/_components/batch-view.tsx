'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { Gantt } from '#components/timeline/gantt.tsx'
import { buttonClass } from '#components/ui/button.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import type { BatchDetail } from '#lib/contract/reads.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { BatchAlerts } from './batch-alerts.tsx'
import { BatchFigures } from './batch-figures.tsx'
import { BatchHead } from './batch-head.tsx'
import styles from './batch-view.module.css'
import { FactsPane } from './facts-pane.tsx'
import { LogLine } from './log-line.tsx'
import { NarrowSummary } from './narrow-summary.tsx'
import { Oddities } from './oddities.tsx'
import { OverlapPanel } from './overlap-panel.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { TurnPanel } from './turn-panel.tsx'
import { useBatchView, useListLink, useNeighbourLink } from './use-batch-view.ts'
import { useNarrow } from './use-narrow.ts'
import { WaitingPanel } from './waiting-panel.tsx'

interface BatchViewProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  /** Why the last read failed, above what an earlier one brought. */
  readonly failure: ReactNode
}

export function BatchView({ batch, prepared, failure }: BatchViewProps) {
  const { timeline } = prepared
  const [view, onView] = useBatchView(timeline)
  const narrow = useNarrow()
  const router = useRouter()
  const linkTo = useNeighbourLink()
  const list = useListLink()
  const { previous_batch_id: older, next_batch_id: newer } = batch.context
  const select = (key: string | null) => onView({ selectedKey: key })
  useKeys('Batch', [
    { keys: '[', label: 'Older batch', run: () => older !== null && router.push(linkTo(older)) },
    { keys: ']', label: 'Newer batch', run: () => newer !== null && router.push(linkTo(newer)) },
  ])

  const gantt = (
    <Gantt
      timeline={timeline}
      view={view}
      onView={onView}
      touch={narrow}
      onLeave={() => router.push(list)}
      footActions={
        <>
          <NeighbourLink batchId={older}>Older</NeighbourLink>
          <NeighbourLink batchId={newer}>Newer</NeighbourLink>
        </>
      }
    />
  )
  const facts = (
    <FactsPane batch={batch} prepared={prepared} selectedKey={view.selectedKey} onSelect={select} />
  )
  if (narrow) {
    return (
      <div className={styles.narrow}>
        <BatchHead batch={batch} narrow facts={facts} />
        {failure}
        <BatchFigures batch={batch} prepared={prepared} narrow />
        <BatchAlerts batch={batch} />
        <Oddities batch={batch} prepared={prepared} />
        <NarrowSummary
          batch={batch}
          prepared={prepared}
          selectedKey={view.selectedKey}
          onSelect={select}
          facts={facts}
        >
          {gantt}
        </NarrowSummary>
      </div>
    )
  }
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <BatchHead batch={batch} narrow={false} facts={null} />
        {failure}
        <BatchFigures batch={batch} prepared={prepared} narrow={false} />
        <BatchAlerts batch={batch} />
        <Oddities batch={batch} prepared={prepared} />
      </div>
      <div className={styles.panes}>
        <div className={styles.column}>
          <div className={styles.gantt}>{gantt}</div>
          <div className={styles.panels}>
            <div>
              <TurnPanel batch={batch} prepared={prepared} />
              <PlanPanel batch={batch} prepared={prepared} onSelect={select} />
            </div>
            <div>
              <OverlapPanel batch={batch} prepared={prepared} onSelect={select} />
              <WaitingPanel prepared={prepared} onSelect={select} />
            </div>
          </div>
          <LogLine batch={batch} prepared={prepared} />
        </div>
        <aside className={styles.aside} aria-label="Facts">
          {facts}
        </aside>
      </div>
    </div>
  )
}

function NeighbourLink({
  batchId,
  children,
}: {
  readonly batchId: string | null
  readonly children: string
}) {
  const linkTo = useNeighbourLink()
  if (batchId === null) {
    return (
      <span
        className={buttonClass()}
        aria-disabled="true"
        data-kind="default"
        title={`no ${children.toLowerCase()} batch`}
      >
        {children}
      </span>
    )
  }
  return (
    <Link href={linkTo(batchId)} className={buttonClass()}>
      {children}
    </Link>
  )
}
