'use client'

import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { Button } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { formatMoment } from '#lib/format/time.ts'
import styles from './list-foot.module.css'
import { ListSkeleton } from './list-skeleton.tsx'
import type { BatchListState } from './use-batch-list.ts'

interface ListFootProps {
  readonly list: BatchListState
  readonly isStopped: boolean
  readonly onStop: (stopped: boolean) => void
}

/** What stands below the rows read so far: how far the search has come, the next rows, or why they are missing. */
export function ListFoot({ list, isStopped, onStop }: ListFootProps) {
  if (list.error !== null && list.rows.length > 0 && list.hasMore) {
    return (
      <ErrorStrip
        what="Further rows could not be read"
        cause={describeError(list.error)}
        onRetry={list.retry}
      />
    )
  }
  if (!list.hasMore) {
    return list.rows.length < 20 ? null : <p className={styles.end}>no further batches in this window</p>
  }
  if (list.scannedToMs !== null) return <ScanProgress list={list} isStopped={isStopped} onStop={onStop} />
  return list.isReadingMore ? <ListSkeleton rows={2} /> : null
}

function ScanProgress({ list, isStopped, onStop }: ListFootProps) {
  const { zone } = useTimeZone()
  const [startedMs] = useState(() => Date.now())
  if (list.scannedToMs === null) return null
  return (
    <div className={styles.scan} role="status">
      <span>
        scanned to {formatMoment(list.scannedToMs, zone, startedMs)}
        {isStopped ? '; older batches were not looked at' : ', looking further back'}
      </span>
      <Button kind="plain" onClick={() => onStop(!isStopped)}>
        {isStopped ? 'Go on' : 'Stop'}
      </Button>
    </div>
  )
}
