'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { executorsQuery, facetsQuery, newestBatchesQuery } from '#components/query/queries.ts'
import { useLiveState } from '#components/query/use-live-stream.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { CheckIcon } from '#components/ui/icons.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { formatAge, formatWhole } from '#lib/format/time.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import styles from './arrival-panel.module.css'
import { useSpanReceipt } from './span-receipt.tsx'

interface ArrivalPanelProps {
  readonly agent: string
  /** What is heard of an agent before its first batch: an executor connects, spans come; plain HTTP has neither. */
  readonly before: 'executor' | 'spans' | null
  /** Watches another agent. */
  readonly onWatch: (agent: string) => void
}

const NAME_CHARS = 32

/** Whether the agent has been heard: waits, and turns green when its first batch is stored. */
export function ArrivalPanel({ agent, before, onWatch }: ArrivalPanelProps) {
  const { data, error, refetch } = useQuery(newestBatchesQuery({ agent: [agent] }))
  const newest = data?.batches[0] ?? null
  const name = middleTruncate(agent, NAME_CHARS)
  return (
    <section className={styles.panel} data-arrived={newest !== null || undefined} aria-label="Arrival">
      {error ? (
        <ErrorStrip
          what="The batches could not be read"
          cause={describeError(error)}
          onRetry={() => void refetch()}
        />
      ) : null}
      <div role="status" className={styles.head}>
        <span className={styles.mark} aria-hidden="true">
          {newest === null ? null : <CheckIcon />}
        </span>
        <div className={styles.words}>
          <h2 className={styles.title}>
            {newest === null ? `Waiting for the first batch of ${name}` : `${name} is connected`}
          </h2>
          {newest === null ? <WaitingNote /> : <NewestNote batch={newest} />}
        </div>
      </div>
      {newest === null ? null : <NextSteps agent={agent} batch={newest} obeys={before === 'executor'} />}
      {newest === null && before === 'executor' ? <ExecutorCheck agent={agent} /> : null}
      {newest === null && before === 'spans' ? <SpanCheck /> : null}
      {newest === null ? <OtherArrival agent={agent} onWatch={onWatch} /> : null}
    </section>
  )
}

function WaitingNote() {
  const stream = useLiveState()
  const nowMs = useNow(1000)
  if (stream.status === 'lost' && nowMs !== null) {
    const lostMs = Math.max(0, nowMs - stream.sinceMs)
    return (
      <p className={styles.lost}>This page has lost its stream for {formatWhole(lostMs)} and tries again.</p>
    )
  }
  return <p className={styles.note}>This page says so by itself, a second after it is stored.</p>
}

function NewestNote({ batch }: { readonly batch: WireBatch }) {
  const nowMs = useNow(1000)
  return (
    <p className={styles.note}>
      Newest batch {nowMs === null ? '' : formatAge(Math.max(0, nowMs - batch.received_at))}:{' '}
      {formatNoun(batch.size, 'call', 'calls')}, wall{' '}
      <Duration ms={batch.wall_ms} none={explainNoTimes(batch)} />
    </p>
  )
}

interface NextStepsProps {
  readonly agent: string
  readonly batch: WireBatch
  /** The switch reaches it. */
  readonly obeys: boolean
}

function NextSteps({ agent, batch, obeys }: NextStepsProps) {
  const link = useViewLink()
  return (
    <div className={styles.actions}>
      <Link
        href={link(`/batches/${encodeURIComponent(batch.batch_id)}`)}
        className={buttonClass()}
        data-kind="primary"
      >
        Open the batch
      </Link>
      <Link href={link('/batches', { agent: [agent] })} className={buttonClass()}>
        All of its batches
      </Link>
      {obeys ? (
        <Link
          href={link('/mode', { run_agent: agent, run_environment: batch.environment })}
          className={buttonClass()}
        >
          Switch its mode
        </Link>
      ) : null}
    </div>
  )
}

/** The step before the first batch: the SDK has reached this server and hears the mode. */
function ExecutorCheck({ agent }: { readonly agent: string }) {
  const { data } = useQuery(executorsQuery())
  const own = data?.executors.filter((executor) => executor.agent === agent) ?? []
  const connected = own.filter((executor) => executor.connected)
  const revision = Math.max(...own.map((executor) => executor.applied_revision ?? 0))
  if (own.length === 0) return <Check isDone={false}>No executor of it has connected yet.</Check>
  return (
    <Check isDone>
      {connected.length > 0
        ? `${formatNoun(connected.length, 'executor is', 'executors are')} connected and ${connected.length === 1 ? 'obeys' : 'obey'} revision ${revision}; no batch yet.`
        : 'An executor was connected and has left without a batch: a short program must end with scope.shutdown().'}
    </Check>
  )
}

/** The step before the first batch: spans have come, and were read or not. */
function SpanCheck() {
  const { now, since } = useSpanReceipt()
  if (now === null || since === 0)
    return <Check isDone={false}>No span has come since this page was opened.</Check>
  const came = `${formatNoun(since, 'span has', 'spans have')} come since this page was opened`
  if (now.unassembled_runs + now.provisional_batches > 0)
    return <Check isDone>{`${came}, and a batch of them is being put together.`}</Check>
  return (
    <Check isDone>
      {now.dialects.length === 0
        ? `${came}, but none of them tells of an agent: below is what each lacks.`
        : `${came}. Their batches may be under another name: see below.`}
    </Check>
  )
}

function Check({ isDone, children }: { readonly isDone: boolean; readonly children: ReactNode }) {
  return (
    <p className={styles.check} data-done={isDone || undefined}>
      <span className={styles.dot} aria-hidden="true" />
      {children}
    </p>
  )
}

interface OtherArrivalProps {
  readonly agent: string
  readonly onWatch: (agent: string) => void
}

/** A batch under a name that nobody knew when the page was opened is likely the one that is waited for. */
function OtherArrival({ agent, onWatch }: OtherArrivalProps) {
  const { data: facets } = useQuery(facetsQuery({}))
  const { data: newest } = useQuery(newestBatchesQuery({}))
  const [known] = useState(() => new Set(facets?.agents))
  const other = newest?.batches.find((batch) => !known.has(batch.agent) && batch.agent !== agent)
  if (!other) return null
  return (
    <p className={styles.other}>
      <span>
        A batch of <strong>{middleTruncate(other.agent, NAME_CHARS)}</strong> has come instead.
      </span>
      <Button onClick={() => onWatch(other.agent)}>That is mine</Button>
    </p>
  )
}
