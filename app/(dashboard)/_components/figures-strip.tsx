'use client'

import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { Sparkline } from '#components/charts/sparkline.tsx'
import { Quantity } from '#components/ui/duration.tsx'
import { ArrowDownIcon, ArrowUpIcon } from '#components/ui/icons.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import type { Reading, TrendFigure } from '#lib/charts/overview-figures.ts'
import { formatDay, formatHourMinute, formatWindow } from '#lib/format/time.ts'
import styles from './figures-strip.module.css'

interface FiguresStripProps {
  readonly figures: readonly TrendFigure[]
  readonly nowMs: number
}

/** The four figures, each with its trend; a pointer over a trend reads it. */
export function FiguresStrip({ figures, nowMs }: FiguresStripProps) {
  return (
    <dl className={styles.strip} aria-label="How parallel mode does">
      {figures.map((figure) => (
        <Figure key={figure.key} figure={figure} nowMs={nowMs} />
      ))}
    </dl>
  )
}

interface FigureProps {
  readonly figure: TrendFigure
  readonly nowMs: number
}

function Figure({ figure, nowMs }: FigureProps) {
  const { readings } = figure
  const [index, setIndex] = useState<number | null>(null)
  const reading = index === null ? null : (readings[index] ?? null)
  const readAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setIndex(nearest(readings, (event.clientX - box.left) / box.width))
  }
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const move = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (move === 0 || readings.length === 0) return
    event.preventDefault()
    setIndex((old) => Math.min(readings.length - 1, Math.max(0, (old ?? readings.length) + move)))
  }
  return (
    <div className={styles.figure}>
      <dt className={styles.label}>{figure.label}</dt>
      <dd className={styles.line}>
        <Value figure={figure} />
        {reading === null ? (
          <Comparison figure={figure} />
        ) : (
          <ReadingText
            reading={reading}
            spanMs={(readings.at(-1)?.toMs ?? 0) - (readings[0]?.fromMs ?? 0)}
            nowMs={nowMs}
          />
        )}
      </dd>
      <dd className={styles.trend}>
        <div
          className={styles.reader}
          role="slider"
          tabIndex={0}
          aria-label={`${figure.label}, trend`}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, readings.length - 1)}
          aria-valuenow={index ?? Math.max(0, readings.length - 1)}
          aria-valuetext={reading === null ? 'read it with the arrow keys' : reading.now}
          onPointerMove={readAt}
          onPointerLeave={() => setIndex(null)}
          onKeyDown={step}
          onBlur={() => setIndex(null)}
        >
          <Sparkline model={figure.sparkline} cursor={reading?.x ?? null} />
        </div>
      </dd>
    </div>
  )
}

function nearest(readings: readonly Reading[], x: number): number | null {
  let best: number | null = null
  for (const [index, reading] of readings.entries()) {
    const known = best === null ? undefined : readings[best]
    if (known === undefined || Math.abs(reading.x - x) < Math.abs(known.x - x)) best = index
  }
  return best
}

function Value({ figure: { parts, none } }: Pick<FigureProps, 'figure'>) {
  if (parts === null) return <span className={styles.none}>{none}</span>
  return (
    <span className={styles.value}>
      <Quantity parts={parts} />
    </span>
  )
}

function Comparison({ figure: { change, note } }: Pick<FigureProps, 'figure'>) {
  return (
    <>
      {change === null ? null : (
        <span className={styles.change}>
          {change.direction === 'up' ? <ArrowUpIcon /> : null}
          {change.direction === 'down' ? <ArrowDownIcon /> : null}
          <span className={styles.visuallyHidden}>
            {change.direction === 'none' ? '' : change.direction}{' '}
          </span>
          {change.text}
        </span>
      )}
      <span className={styles.note}>{note}</span>
    </>
  )
}

const DAY_MS = 86_400_000

interface ReadingTextProps {
  readonly reading: Reading
  /** What the trend spans: a day or less needs no date. */
  readonly spanMs: number
  readonly nowMs: number
}

function ReadingText({ reading, spanMs, nowMs }: ReadingTextProps) {
  const { zone } = useTimeZone()
  const { fromMs, toMs } = reading
  const day = formatDay(fromMs, zone, nowMs)
  const clock = formatHourMinute(fromMs, zone)
  const at = toMs - fromMs >= DAY_MS ? day : spanMs > 1.5 * DAY_MS ? `${day} ${clock}` : clock
  return (
    <span className={styles.note} role="status" title={formatWindow(fromMs, toMs, zone, nowMs)}>
      {at} <span className={styles.read}>{reading.now}</span>
      {reading.before === null ? '' : `, last week ${reading.before}`}
    </span>
  )
}

/** The strip in its final geometry. */
export function FiguresSkeleton() {
  return (
    <div className={styles.strip} role="status" aria-label="Reading the figures">
      {[
        'Overlap efficiency',
        'Saved by parallel mode at most, estimate',
        'Batch wall p95',
        'Failing calls',
      ].map((label) => (
        <div key={label} className={styles.figure}>
          <div className={styles.label}>{label}</div>
          <div className={styles.line}>
            <SkeletonBar width={88} height={18} />
          </div>
          <div className={styles.trend}>
            <div className={styles.trendSpace}>
              <SkeletonBar width="100%" height={2} />
            </div>
          </div>
        </div>
      ))}
    </div>
  )
}
