import Link from 'next/link'
import { memo, useState } from 'react'
import { Duration } from '#components/ui/duration.tsx'
import { ModeGlyph, SlowestGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { ModeWord } from '#components/ui/mode-chip.tsx'
import type { WireBatch } from '#lib/contract/reads.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatClock, formatDateTime, formatDay, formatIsoUtc, isSameDay } from '#lib/format/time.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import styles from './batch-table.module.css'
import { MiniGantt } from './mini-gantt.tsx'
import { OutcomeCounts } from './outcome-counts.tsx'
import { OverlapBar } from './overlap-bar.tsx'
import { ProvisionalMark } from './provisional-mark.tsx'

interface BatchRowProps {
  readonly batch: WireBatch
  readonly href: string
  /** Position in the list, from 0. */
  readonly index: number
  /** Offset of the row in the list in px. */
  readonly top: number
  readonly isActive: boolean
  readonly zone: string
  readonly nowMs: number
  readonly onFocus: (batchId: string) => void
}

/** One batch: a link over the whole row, its facts in cells. */
export const BatchRow = memo(function BatchRow(props: BatchRowProps) {
  const { batch, href, index, top, isActive, onFocus } = props
  // Thirty rows in sight must not be thirty requests: a row is fetched ahead once a person points at it.
  const [isLikely, setLikely] = useState(false)
  return (
    // The heads of the columns and the strip are rows 1 and 2 of the table.
    <tr
      aria-rowindex={index + 3}
      className={styles.row}
      data-active={isActive || undefined}
      onPointerEnter={() => setLikely(true)}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td className={styles.started}>
        <Link
          href={href}
          prefetch={isLikely || isActive ? null : false}
          className={styles.link}
          data-batch={batch.batch_id}
          title={batch.batch_id}
          onFocus={() => onFocus(batch.batch_id)}
        >
          <StartedAt {...props} />
        </Link>
      </td>
      <td className={styles.shape}>
        <MiniGantt batch={batch} />
      </td>
      <td className={styles.wall}>
        <Duration ms={batch.wall_ms} none={explainNoTimes(batch)} />
      </td>
      <td className={styles.calls}>{formatCount(batch.size)}</td>
      <td className={styles.outcomes}>
        <OutcomeCounts counts={batch.outcomes} />
        {batch.provisional ? <ProvisionalMark /> : null}
      </td>
      <td className={styles.overlap}>
        <OverlapBar serialization={batch.serialization} />
      </td>
      <SlowestCells batch={batch} />
      <td className={styles.mode}>
        <span className={styles.modeWord}>
          <ModeWord mode={batch.mode} />
        </span>
        <span className={styles.modeGlyph}>
          {batch.mode === null ? null : <ModeGlyph mode={batch.mode} />}
        </span>
      </td>
      <td className={styles.version}>
        {batch.version === null ? 'unknown' : <MiddleTruncate text={batch.version} maxChars={14} />}
      </td>
      <td className={styles.agent}>
        <MiddleTruncate text={batch.agent} maxChars={24} />
      </td>
      <td className={styles.environment}>
        <MiddleTruncate text={batch.environment} maxChars={20} />
      </td>
    </tr>
  )
})

/** The clock first, so that it lines up; the day only when it is not today. */
function StartedAt({ batch, zone, nowMs }: BatchRowProps) {
  const at = batch.started_at
  return (
    <time
      dateTime={formatIsoUtc(at)}
      title={`${formatDateTime(at, zone, nowMs)}\n${formatIsoUtc(at)}\n${batch.batch_id}`}
    >
      {formatClock(at, zone)}
      {isSameDay(at, nowMs, zone) ? null : <span className={styles.day}> {formatDay(at, zone, nowMs)}</span>}
    </time>
  )
}

function whyNoSlowest(batch: WireBatch): string {
  if (batch.size === 1) return 'only one call'
  const isUntold = batch.calls.some(({ outcome, start_ms }) => outcome !== 'never-ran' && start_ms === null)
  return isUntold ? 'none: fewer than two have times' : 'none: fewer than two ran'
}

function SlowestCells({ batch }: { readonly batch: WireBatch }) {
  if (batch.slowest_tool === null) {
    return (
      <>
        <td className={styles.slowest}>
          <span className={styles.quiet}>{whyNoSlowest(batch)}</span>
        </td>
        <td className={styles.alone} />
      </>
    )
  }
  return (
    <>
      <td className={styles.slowest}>
        <SlowestGlyph label={null} />
        <MiddleTruncate text={batch.slowest_tool} maxChars={40} />
      </td>
      <td className={styles.alone}>
        <Duration ms={batch.blocked_ms} none="unknown" />
      </td>
    </>
  )
}
