'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useMemo } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { batchQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { CompactGantt } from '#components/timeline/compact-gantt.tsx'
import { Button } from '#components/ui/button.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { ModeWord } from '#components/ui/mode-chip.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { alertBadBatchParams, alertBatchParams } from '#lib/alerts/scope.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { TimeWindow } from '#lib/timeline/model.ts'
import { type PreparedBatch, prepareBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './pair-panel.module.css'
import { usePair } from './use-pair.ts'

/** Rows of a picture: enough to see a stair, few enough to leave room for what explains it. */
const MAX_ROWS = 8
/** Behind the last end, for the mark that stands there. */
const END_AIR = 1.06

/** A real batch from before beside one from after, on one time axis. */
export function PairPanel({ alert }: { readonly alert: AlertDetail }) {
  const link = useViewLink()
  const pair = usePair(alert)
  const before = useSide(pair.before)
  const after = useSide(pair.after)
  const window = windowOf([before.prepared, after.prepared])
  useKeys('Alert', [
    { keys: '[', label: 'Pair before', run: () => pair.step(-1) },
    { keys: ']', label: 'Next pair', run: () => pair.step(1) },
  ])
  return (
    <section className={styles.panel} aria-labelledby="pair-head">
      <PanelHead
        id="pair-head"
        title="Before and after"
        note={<span className={styles.note}>real batches, typical of their side, on one time axis</span>}
      >
        <span className={styles.right}>
          {pair.count > 1 ? (
            <>
              <span className={styles.count}>
                pair {pair.index + 1} of {pair.count}
              </span>
              <Button
                kind="plain"
                className={styles.step}
                aria-label="Pair before"
                onClick={() => pair.step(-1)}
              >
                <Kbd>[</Kbd>
              </Button>
              <Button
                kind="plain"
                className={styles.step}
                aria-label="Next pair"
                onClick={() => pair.step(1)}
              >
                <Kbd>]</Kbd>
              </Button>
            </>
          ) : null}
        </span>
      </PanelHead>
      <div className={styles.pair}>
        <Side title="Before" side={before} window={window} />
        <Side title="After" side={after} window={window} />
      </div>
      <p className={styles.links}>
        <Link href={link('/batches', alertBatchParams(alert))}>Batches over the window</Link>
        <Link href={link('/batches', alertBadBatchParams(alert))}>Batches since the onset</Link>
      </p>
    </section>
  )
}

interface SideState {
  readonly batchId: string | null
  readonly batch: BatchDetail | undefined
  readonly prepared: PreparedBatch | null
  readonly error: unknown
}

function useSide(batchId: string | null): SideState {
  const { data, error } = useQuery({ ...batchQuery(batchId ?? ''), enabled: batchId !== null })
  const batch = batchId === null ? undefined : data
  const prepared = useMemo(() => (batch === undefined ? null : prepareBatch(batch)), [batch])
  return { batchId, batch, prepared, error }
}

/** From the earliest start to the latest end of both, so that lengths compare. */
function windowOf(sides: readonly (PreparedBatch | null)[]): TimeWindow {
  const extents = sides.flatMap((side) => (side === null ? [] : [side.timeline.extent]))
  const fromUs = Math.min(0, ...extents.map((extent) => extent.fromUs))
  const toUs = Math.max(1000, ...extents.map((extent) => extent.toUs))
  return { fromUs, toUs: fromUs + (toUs - fromUs) * END_AIR }
}

interface SideProps {
  readonly title: string
  readonly side: SideState
  readonly window: TimeWindow
}

function Side({ title, side: { batchId, batch, prepared, error }, window }: SideProps) {
  const link = useViewLink()
  if (batchId === null) {
    return (
      <div className={styles.side}>
        <h3 className={styles.sideTitle}>{title}</h3>
        <p className={styles.none}>
          {title === 'Before'
            ? 'None was seen: it was so from the first batch on.'
            : 'None was kept with it.'}
        </p>
      </div>
    )
  }
  return (
    <div className={styles.side}>
      <div className={styles.sideHead}>
        <h3 className={styles.sideTitle}>{title}</h3>
        {batch?.version == null ? null : (
          <span className={styles.version}>{middleTruncate(batch.version, 16)}</span>
        )}
        <Link href={link(`/batches/${encodeURIComponent(batchId)}`)} className={styles.id} title={batchId}>
          {middleTruncate(batchId, 18)}
        </Link>
        {batch === undefined ? null : <ModeWord mode={batch.mode} />}
        {batch === undefined ? null : (
          <span className={styles.wall}>
            wall <Duration ms={batch.wall_ms} none="none ran" />
          </span>
        )}
      </div>
      {prepared === null ? (
        error ? (
          <p className={styles.none}>
            It cannot be shown: {describeError(error)}. The retention removes batches some time after they
            arrived.
          </p>
        ) : (
          <SideSkeleton />
        )
      ) : (
        <CompactGantt
          timeline={prepared.timeline}
          window={window}
          maxRows={MAX_ROWS}
          label={`${title}: ${prepared.timeline.rows.length} calls`}
        />
      )}
    </div>
  )
}

const BARS = [0, 1, 2, 3, 4]

function SideSkeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Reading the batch">
      {BARS.map((row) => (
        <SkeletonBar key={row} width={`${80 - 9 * row}%`} height={9} />
      ))}
    </div>
  )
}
