'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { executorsQuery } from '#components/query/queries.ts'
import { useLiveState } from '#components/query/use-live-stream.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { TableIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { computePropagation, type ExecutorProgress, type Propagation } from '#lib/flags/propagation.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { ExecutorCells, StandingMark } from './executor-cells.tsx'
import { describeLate, nameExecutor } from './executor-words.ts'
import { ExecutorsDialog } from './executors-dialog.tsx'
import styles from './propagation-panel.module.css'
import { useMoment } from './use-moment.ts'

/** How far the newest revision has come: a cell each, the times, and who is late by name. */
export function PropagationPanel() {
  const { data, error, refetch, dataUpdatedAt } = useQuery(executorsQuery())
  const stream = useLiveState()
  const clockMs = useNow(1000) ?? dataUpdatedAt
  // What is not heard of is as it was: it does not grow late or get lost by our clock.
  const isStale = stream.status === 'lost' || error !== null
  const nowMs = isStale ? dataUpdatedAt : clockMs
  const [isTableOpen, setTableOpen] = useState(false)
  if (!data) {
    return error ? (
      <ErrorStrip
        what="The executors could not be read"
        cause={describeError(error)}
        onRetry={() => void refetch()}
      />
    ) : (
      <PropagationSkeleton />
    )
  }
  const propagation = computePropagation(data, nowMs)
  return (
    <section className={styles.panel} aria-label="How far the newest revision has come">
      <Headline propagation={propagation} />
      {propagation.executors.length === 0 ? (
        <NobodyYet />
      ) : (
        <>
          <ExecutorCells executors={propagation.executors} label={describeAll(propagation)} />
          <Times propagation={propagation} readAtMs={dataUpdatedAt} hasError={error !== null} />
          <Late propagation={propagation} onShowAll={() => setTableOpen(true)} />
        </>
      )}
      <ExecutorsDialog isOpen={isTableOpen} propagation={propagation} onClose={() => setTableOpen(false)} />
    </section>
  )
}

function describeAll({ applied, reachable, executors, revision }: Propagation): string {
  const lost = executors.length - reachable
  return `${applied} of ${formatNoun(reachable, 'executor', 'executors')} have applied revision ${revision}${
    lost === 0 ? '' : `, ${lost} lost`
  }`
}

function Headline({ propagation }: { readonly propagation: Propagation }) {
  const { revision, applied, reachable, executors } = propagation
  return (
    <div className={styles.headline} role="status">
      <span className={styles.label}>Applied revision {formatCount(revision)}</span>
      {executors.length === 0 ? (
        <span className={styles.figure}>nobody yet</span>
      ) : (
        <span className={styles.figure}>
          {formatCount(applied)}{' '}
          <span className={styles.of}>of {formatNoun(reachable, 'executor', 'executors')}</span>
        </span>
      )}
    </div>
  )
}

function NobodyYet() {
  const link = useViewLink()
  return (
    <p className={styles.nobody}>
      No executor is connected, so nobody obeys the switch yet. Rules set now hold for whoever connects.{' '}
      <Link href={link('/connect')}>Connect an agent</Link>
    </p>
  )
}

interface TimesProps {
  readonly propagation: Propagation
  readonly readAtMs: number
  readonly hasError: boolean
}

function Times({ propagation, readAtMs, hasError }: TimesProps) {
  const { applied, reachable, medianMs, slowestMs, slowest } = propagation
  const stream = useLiveState()
  const moment = useMoment()
  if (stream.status === 'lost' || hasError) {
    return (
      <p className={styles.times} data-lost>
        {hasError ? 'the executors could not be read again' : 'stream lost, trying again'}
        <span>as it was at {moment(readAtMs)}</span>
      </p>
    )
  }
  return (
    <p className={styles.times}>
      {medianMs === null ? (
        <span>{applied === 0 ? 'nobody has applied it yet' : 'read by each on connecting'}</span>
      ) : (
        <span>
          half after <Duration ms={medianMs} />, slowest{applied < reachable ? ' so far' : ''}{' '}
          <Duration ms={slowestMs} />
          {slowest === null || applied < 2 ? null : (
            <span title={slowest.executor_id}> by {middleTruncate(nameExecutor(slowest), 28)}</span>
          )}
        </span>
      )}
      <span>a batch under way ends in its old mode</span>
    </p>
  )
}

const SHOWN = 3

function Late({
  propagation,
  onShowAll,
}: {
  readonly propagation: Propagation
  readonly onShowAll: () => void
}) {
  const pending = byDuration(propagation, 'pending', -1)
  // A fresh loss is news; one of an hour ago is a process that has ended.
  const lost = byDuration(propagation, 'lost', 1)
  const late = [...pending, ...lost]
  const rest = late.length - SHOWN
  const shown = rest === 1 ? late : late.slice(0, SHOWN)
  return (
    <div className={styles.late}>
      {late.length === 0 ? (
        <p className={styles.all}>Everybody within reach obeys it.</p>
      ) : (
        <ul aria-label="Not yet applied">
          {shown.slice(0, SHOWN).map((one) => (
            <LateRow key={one.executor.executor_id} progress={one} />
          ))}
        </ul>
      )}
      <Button kind="plain" className={styles.more} onClick={onShowAll} aria-haspopup="dialog">
        <TableIcon />
        <span className={styles.wide}>{late.length > SHOWN ? `${late.length - SHOWN} more` : 'Table'}</span>
        <span className={styles.narrow}>{late.length > 0 ? `${late.length} late` : 'Table'}</span>
      </Button>
    </div>
  )
}

function byDuration({ executors }: Propagation, standing: 'pending' | 'lost', sign: 1 | -1) {
  return executors
    .filter((one) => one.standing === standing)
    .sort((a, b) => sign * ((a.durationMs ?? 0) - (b.durationMs ?? 0)))
}

function LateRow({ progress }: { readonly progress: ExecutorProgress }) {
  const { executor, standing, durationMs } = progress
  return (
    <li className={styles.row} title={executor.executor_id}>
      <StandingMark standing={standing} />
      <span className={styles.name}>
        <MiddleTruncate text={nameExecutor(executor)} maxChars={28} />
      </span>
      <span className={styles.words}>{describeLate(progress)}</span>
      <span className={styles.time}>
        {standing === 'pending' ? <Duration ms={durationMs} none="unknown" /> : null}
      </span>
    </li>
  )
}

/** The panel in its final geometry while the executors are on their way. */
export function PropagationSkeleton() {
  return (
    <div className={styles.panel} role="status" aria-label="Reading the executors">
      <div className={styles.headline}>
        <SkeletonBar width={110} />
        <SkeletonBar width={150} height={18} />
      </div>
      <SkeletonBar width={280} height={24} />
      <SkeletonBar width={220} />
    </div>
  )
}
