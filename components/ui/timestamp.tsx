'use client'

import { formatDateTime, formatIsoUtc, formatMoment, formatZoneName } from '#lib/format/time.ts'
import styles from './text.module.css'
import { useTimeZone } from './time-zone.tsx'

interface TimestampProps {
  readonly epochMs: number
  /** The day against which "today" is judged; defaults to the time itself, which shows the clock only. */
  readonly nowMs?: number | null
  /** Always day, clock and milliseconds. */
  readonly full?: boolean
}

/** A time in the viewer's zone; both it and UTC stand in the tooltip. */
export function Timestamp({ epochMs, nowMs, full = false }: TimestampProps) {
  const { zone } = useTimeZone()
  const reference = nowMs ?? epochMs
  const text = full ? formatDateTime(epochMs, zone, reference) : formatMoment(epochMs, zone, reference)
  const title = `${formatDateTime(epochMs, zone, 0)} ${formatZoneName(epochMs, zone)}\n${formatIsoUtc(epochMs)}`
  return (
    <time className={styles.time} dateTime={formatIsoUtc(epochMs)} title={title}>
      {text}
    </time>
  )
}
