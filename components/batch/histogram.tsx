'use client'

import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, useRef, useState } from 'react'
import { type ChartMarkers, MarkerLayer } from '#components/charts/marker-layer.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { placeOnSpan } from '#lib/charts/markers.ts'
import type { BatchHistogram } from '#lib/contract/reads.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { formatDay, formatHourMinute, formatWindow } from '#lib/format/time.ts'
import styles from './histogram.module.css'
import {
  describeHistogram,
  type HistogramBin,
  snapToBins,
  type TimeSpan,
  timeTicks,
} from './histogram-model.ts'
import { HistogramTable } from './histogram-table.tsx'

interface HistogramProps {
  readonly histogram: BatchHistogram
  readonly span: TimeSpan
  /** What changed in the window. */
  readonly markers: ChartMarkers
  /** Asked for a window by a click on a bar or a drag over several. */
  readonly onZoom: (fromMs: number, toMs: number) => void
}

const BAR_AREA = 26
/** Space beside the plot, how far above it the flags begin, and where that is in the section. */
const SIDE_PX = 16
const FLAG_RISE_PX = 8
const FLAGS_TOP_PX = 12
/** A failure must be seen in a bar of any height. */
const FAILING_MARK = 1.5
const PX_PER_TICK = 110
/** The right end of the axis holds a button: no label may run into it. */
const BUTTON_PX = 76
/** 10 px Geist Mono. */
const CAPTION_CHAR_PX = 6
const HALF_LABEL_PX = 28

/** When the batches of the list ran; a click or a drag zooms the window to it. */
export function Histogram({ histogram, span, markers, onZoom }: HistogramProps) {
  const { ref, width } = useElementSize()
  const { zone } = useTimeZone()
  const brush = useBrush(span, histogram.step_ms, onZoom)
  const scale = (ms: number) => ((ms - span.fromMs) / (span.toMs - span.fromMs)) * width
  const ticks = width === 0 ? [] : timeTicks(span, zone, Math.max(1, Math.floor(width / PX_PER_TICK)))
  const caption = describeHistogram(histogram)
  const captionPx = caption.length * CAPTION_CHAR_PX + HALF_LABEL_PX
  return (
    <section className={styles.histogram} aria-label="Batches over time">
      <div ref={ref} className={styles.plot} {...brush.handlers}>
        <Bars histogram={histogram} scale={scale} width={width} />
        {brush.selected === null ? null : (
          <div
            className={styles.selection}
            style={{
              left: scale(brush.selected.fromMs),
              width: scale(brush.selected.toMs) - scale(brush.selected.fromMs),
            }}
          />
        )}
        {brush.atMs === null ? null : (
          <Readout histogram={histogram} atMs={brush.atMs} selected={brush.selected} />
        )}
      </div>
      {/* Beside the plot, not in it: a press on a flag is no drag. */}
      <MarkerLayer
        {...markers}
        place={placeOnSpan(span, width)}
        leftPx={SIDE_PX}
        topPx={FLAGS_TOP_PX}
        widthPx={width}
        heightPx={BAR_AREA + FLAG_RISE_PX}
      />
      <div className={styles.axis}>
        {ticks
          .filter((tick) => scale(tick.atMs) > captionPx && scale(tick.atMs) < width - BUTTON_PX)
          .map((tick) => (
            <span key={tick.atMs} className={styles.tick} style={{ left: scale(tick.atMs) }}>
              {tick.label}
            </span>
          ))}
        <span className={styles.caption}>{caption}</span>
        <HistogramTable histogram={histogram} onZoom={onZoom} />
      </div>
    </section>
  )
}

interface BarsProps {
  readonly histogram: BatchHistogram
  readonly scale: (ms: number) => number
  readonly width: number
}

function Bars({ histogram, scale, width }: BarsProps) {
  const peak = Math.max(1, ...histogram.bins.map((bin) => bin.batches))
  return (
    <svg width={width} height={BAR_AREA} aria-hidden="true">
      {histogram.bins.map((bin) => {
        const x = scale(bin.from)
        const barWidth = Math.max(1, scale(bin.to) - x - 2)
        const height = Math.max(1, (bin.batches / peak) * BAR_AREA)
        const failing = bin.failing === 0 ? 0 : Math.max(FAILING_MARK, (bin.failing / peak) * BAR_AREA)
        return (
          <g key={bin.from}>
            <rect className={styles.bar} x={x} y={BAR_AREA - height} width={barWidth} height={height} />
            <rect className={styles.failing} x={x} y={BAR_AREA - failing} width={barWidth} height={failing} />
          </g>
        )
      })}
    </svg>
  )
}

interface ReadoutProps {
  readonly histogram: BatchHistogram
  readonly atMs: number
  readonly selected: TimeSpan | null
}

/** What is under the pointer or in the dragged stretch, in words. */
function Readout({ histogram, atMs, selected }: ReadoutProps) {
  const { zone } = useTimeZone()
  const isIn = (bin: HistogramBin) =>
    selected === null
      ? atMs >= bin.from && atMs < bin.to
      : bin.from >= selected.fromMs && bin.from < selected.toMs
  const bins = histogram.bins.filter(isIn)
  const batches = bins.reduce((sum, bin) => sum + bin.batches, 0)
  const failing = bins.reduce((sum, bin) => sum + bin.failing, 0)
  const window =
    selected === null
      ? `${formatDay(atMs, zone, Date.now())} ${formatHourMinute(bins[0]?.from ?? atMs, zone)}`
      : formatWindow(selected.fromMs, selected.toMs, zone, Date.now())
  return (
    <output className={styles.readout}>
      {window}: {formatNoun(batches, 'batch', 'batches')}
      {failing === 0 ? '' : `, ${formatCount(failing)} failing`}
    </output>
  )
}

interface Brush {
  readonly selected: TimeSpan | null
  readonly atMs: number | null
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void
    readonly onPointerUp: () => void
    readonly onPointerLeave: () => void
    readonly onPointerCancel: () => void
  }
}

function useBrush(span: TimeSpan, stepMs: number, onZoom: HistogramProps['onZoom']): Brush {
  const [atMs, setAt] = useState<number | null>(null)
  const [selected, setSelected] = useState<TimeSpan | null>(null)
  const anchorMs = useRef<number | null>(null)

  const timeAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    return span.fromMs + share * (span.toMs - span.fromMs)
  }
  const reset = () => {
    anchorMs.current = null
    setSelected(null)
  }
  return {
    selected,
    atMs,
    handlers: {
      onPointerDown: (event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        anchorMs.current = timeAt(event)
        setSelected(snapToBins(anchorMs.current, anchorMs.current, stepMs, span))
      },
      onPointerMove: (event) => {
        setAt(timeAt(event))
        if (anchorMs.current !== null) setSelected(snapToBins(anchorMs.current, timeAt(event), stepMs, span))
      },
      onPointerUp: () => {
        if (selected) onZoom(selected.fromMs, selected.toMs)
        reset()
      },
      onPointerLeave: () => setAt(null),
      onPointerCancel: reset,
    },
  }
}
