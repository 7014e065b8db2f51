'use client'

import { useQuery } from '@tanstack/react-query'
import { ModeStrip } from '#components/mode/mode-strip.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { overviewQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { PageHead } from '#components/shell/page-head.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { describeCompleteness } from '#lib/charts/completeness.ts'
import { describeEffective } from '#lib/charts/effective-window.ts'
import { prepareFigures } from '#lib/charts/overview-figures.ts'
import { resolveWindow } from '#lib/contract/query.ts'
import type { Overview } from '#lib/contract/reads.ts'
import { formatNoun } from '#lib/format/number.ts'
import { formatClock } from '#lib/format/time.ts'
import { AlertsPanel, useShownAlerts } from './alerts-panel.tsx'
import { FiguresSkeleton, FiguresStrip } from './figures-strip.tsx'
import { LedgerPanel } from './ledger-panel.tsx'
import { NewestPanel } from './newest-panel.tsx'
import { NothingRecorded } from './nothing-recorded.tsx'
import styles from './overview.module.css'
import { SizePanel } from './size-panel.tsx'
import { TurnPanel } from './turn-panel.tsx'
import { windowWords } from './window-words.ts'

/** An alert takes the height of so many rows of a list. */
const ALERT_ROWS = 2

/** Is parallel mode healthy, and what do I press? */
export function OverviewPage() {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const { data, error, dataUpdatedAt, refetch } = useQuery(overviewQuery(filter))
  return (
    <div className={styles.page}>
      <div className={styles.title}>
        <PageHead title="Overview" />
      </div>
      <ModeStrip />
      {error ? (
        <ErrorStrip
          what="The overview could not be read"
          cause={describeError(error)}
          meanwhile={data ? `the figures below are from ${formatClock(dataUpdatedAt, zone)}` : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {data ? <Figures overview={data} asOfMs={dataUpdatedAt} /> : error ? null : <OverviewSkeleton />}
    </div>
  )
}

interface FiguresProps {
  readonly overview: Overview
  /** When the answer came. */
  readonly asOfMs: number
}

function Figures({ overview, asOfMs }: FiguresProps) {
  const view = useViewState()
  const { filter } = view
  const shownAlerts = useShownAlerts(filter)
  if (overview.now.batches === 0) return <NothingRecorded />
  const window = windowWords(view)
  const exposedMs = overview.series.reduce((sum, bin) => sum + bin.exposed_ms, 0)
  return (
    <>
      <FiguresStrip figures={prepareFigures(overview, asOfMs, window)} nowMs={asOfMs} />
      <div className={styles.columns}>
        <div className={styles.left}>
          <TurnPanel overview={overview} nowMs={asOfMs} />
          <LedgerPanel filter={filter} exposedMs={exposedMs} window={window} />
        </div>
        <div className={styles.right}>
          <AlertsPanel filter={filter} />
          <SizePanel filter={filter} />
          <NewestPanel filter={filter} nowMs={asOfMs} fewer={ALERT_ROWS * shownAlerts} />
          <Completeness overview={overview} asOfMs={asOfMs} />
        </div>
      </div>
    </>
  )
}

function Completeness({ overview, asOfMs }: FiguresProps) {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const { now, effective_from: fromMs, effective_to: toMs } = overview
  const effective = describeEffective(resolveWindow(filter, asOfMs), { fromMs, toMs }, asOfMs, zone)
  const clauses = [
    `${formatNoun(now.batches, 'batch', 'batches')}, ${formatNoun(now.calls, 'call', 'calls')}`,
    ...describeCompleteness(overview),
    ...(effective === null ? [] : [effective]),
  ]
  return (
    <p className={styles.completeness}>
      <span className={styles.quiet}>Completeness:</span> {clauses.join('; ')}
    </p>
  )
}

/** The page while its figures are on their way: the switches work already. */
export function OverviewLoading() {
  return (
    <div className={styles.page}>
      <div className={styles.title}>
        <PageHead title="Overview" />
      </div>
      <ModeStrip />
      <OverviewSkeleton />
    </div>
  )
}

/** What is below the switches, in its final geometry. */
function OverviewSkeleton() {
  return (
    <>
      <FiguresSkeleton />
      <div className={styles.columns} aria-hidden="true">
        <div className={styles.left}>
          <div className={styles.space}>
            <SkeletonBar width={160} />
            <SkeletonBar width="100%" height={220} />
          </div>
        </div>
        <div className={styles.right}>
          <div className={styles.space}>
            <SkeletonBar width={160} />
            <SkeletonBar width="100%" height={120} />
          </div>
        </div>
      </div>
    </>
  )
}
