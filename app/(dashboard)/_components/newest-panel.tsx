'use client'

import Link from 'next/link'
import { useEffect, useState } from 'react'
import { MiniGantt } from '#components/batch/mini-gantt.tsx'
import { NewsStrip } from '#components/batch/news-strip.tsx'
import { OutcomeCounts } from '#components/batch/outcome-counts.tsx'
import { type BatchListState, useBatchList } from '#components/batch/use-batch-list.ts'
import { describeError } from '#components/query/fetch-json.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { Duration } from '#components/ui/duration.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { SlowestGlyph } from '#components/ui/glyphs.tsx'
import { ChevronRightIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { formatClock, formatDay, formatIsoUtc, isSameDay } from '#lib/format/time.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import { NEWEST_FIRST } from './newest-first.ts'
import styles from './newest-panel.module.css'
import { useSpareRows } from './use-spare-rows.ts'
import { walkRows } from './walk-rows.ts'

const LEAST_SHOWN = 10
/** However much stands above. */
const FEWEST = 3
const WALK = 'newest'

interface NewestPanelProps {
  readonly filter: FilterQuery
  readonly nowMs: number
  /** Rows that give way to what stands above. */
  readonly fewer: number
}

/** The newest batches with their shapes. What comes announces itself; rows move when a person says so. */
export function NewestPanel({ filter, nowMs, fewer }: NewestPanelProps) {
  const link = useViewLink()
  const list = useBatchList(filter, NEWEST_FIRST)
  const following = useFollowing(list)
  const shown = Math.max(FEWEST, LEAST_SHOWN + useSpareRows() - fewer)
  const rows = list.rows.slice(0, shown)
  const { zone } = useTimeZone()
  const hasDates = rows.some((batch) => !isSameDay(batch.started_at, nowMs, zone))
  useKeys('Newest batches', [
    { keys: 'j', label: 'Next row', run: () => walkRows(WALK, 1) },
    { keys: 'k', label: 'Previous row', run: () => walkRows(WALK, -1) },
    { keys: 'Enter', label: 'Open the row' },
    { keys: '.', label: 'Show what is new', run: list.showNews },
  ])
  return (
    <section aria-labelledby="newest-head" {...following.handlers}>
      <PanelHead id="newest-head" title="Newest batches" note="each to its own wall">
        <Link href={link('/batches')} className={styles.all}>
          All batches
          <ChevronRightIcon />
        </Link>
      </PanelHead>
      <NewsStrip
        news={list.news}
        newestMs={rows[0]?.started_at ?? null}
        isFollowing={following.isFollowing}
        onShow={list.showNews}
      />
      {list.error ? (
        <ErrorStrip
          what="The newest batches could not be read"
          cause={describeError(list.error)}
          meanwhile={rows.length > 0 ? 'the rows below are older' : undefined}
          onRetry={list.retry}
        />
      ) : null}
      {list.isLoading && !list.error ? (
        <SkeletonRows rows={shown} widths={[60, 112, 48, 60, 140]} label="Reading the newest batches" />
      ) : (
        <ul className={styles.rows} data-dated={hasDates || undefined}>
          {rows.map((batch) => (
            <Row key={batch.batch_id} batch={batch} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** Following moves rows: it waits while a pointer or the focus is on them. */
function useFollowing({ news, showNews, rows }: BatchListState) {
  const { view } = useViewState()
  const [isHeld, setHeld] = useState(false)
  const isFollowing = view.live && !isHeld
  const isEmpty = rows.length === 0
  useEffect(() => {
    if (news.count > 0 && (isFollowing || isEmpty)) showNews()
  }, [news.count, isFollowing, isEmpty, showNews])
  return {
    isFollowing,
    handlers: {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    },
  }
}

interface RowProps {
  readonly batch: WireBatch
  readonly nowMs: number
}

function Row({ batch, nowMs }: RowProps) {
  const link = useViewLink()
  const { zone } = useTimeZone()
  const { started_at: at } = batch
  return (
    <li className={styles.row}>
      <Link
        href={link(`/batches/${encodeURIComponent(batch.batch_id)}`)}
        prefetch={false}
        className={styles.link}
        data-walk={WALK}
        title={batch.batch_id}
      >
        <time dateTime={formatIsoUtc(at)}>
          {isSameDay(at, nowMs, zone) ? '' : `${formatDay(at, zone, nowMs)} `}
          {formatClock(at, zone)}
        </time>
      </Link>
      <span className={styles.shape}>
        <MiniGantt batch={batch} />
      </span>
      <span className={styles.wall}>
        <Duration ms={batch.wall_ms} none={explainNoTimes(batch)} />
      </span>
      <span className={styles.outcomes}>
        <OutcomeCounts counts={batch.outcomes} />
      </span>
      <span className={styles.slowest}>
        {batch.slowest_tool === null ? (
          <span className={styles.quiet}>{batch.size === 1 ? 'only one call' : 'fewer than two ran'}</span>
        ) : (
          <>
            <SlowestGlyph label={null} />
            <MiddleTruncate text={batch.slowest_tool} maxChars={28} />
          </>
        )}
      </span>
    </li>
  )
}
