'use client'

import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatNoun } from '#lib/format/number.ts'
import type { RowGeometry } from '#lib/timeline/geometry.ts'
import type { RowLayout } from '#lib/timeline/layout-rows.ts'
import type { CallRow, Timeline, TimeWindow } from '#lib/timeline/model.ts'
import { createScale } from '#lib/timeline/scale.ts'
import { prepareAxis } from '#lib/timeline/ticks.ts'
import styles from './compact-gantt.module.css'
import { beginFrame, createPaintKit } from './paint-kit.ts'
import { paintRows } from './paint-rows.ts'
import { onThemeChange, readTokens } from './tokens.ts'
import { usePlotWidth } from './use-gantt-painter.ts'

interface CompactGanttProps {
  readonly timeline: Timeline
  /** The time that the width stands for: the same for pictures that are compared. */
  readonly window: TimeWindow
  /** Calls beyond these are counted, not drawn. */
  readonly maxRows: number
  /** What a screen reader says. */
  readonly label: string
}

/** Bars and their ideal in little height: no words, and no waiting, which the ideal tells already. */
const ROW: RowGeometry = {
  detail: 'dense',
  rowHeight: 20,
  bar: { y: 3, height: 9 },
  wait: null,
  band: null,
  ghost: { y: 14, height: 4 },
  untimedWidth: 43,
  glyphs: true,
  hairline: false,
}
const TICK_GAP_PX = 72
const NO_NAMES: ReadonlyMap<string, string> = new Map()

/** A batch in a still picture, to be looked at beside another one. */
export function CompactGantt({ timeline, window, maxRows, label }: CompactGanttProps) {
  const plot = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = usePlotWidth(plot)
  const rows = useMemo(() => timeline.rows.slice(0, maxRows), [timeline, maxRows])
  const axis = useMemo(() => prepareAxis(window, Math.max(1, width), TICK_GAP_PX), [window, width])
  const paint = useLatestPaint({ canvas, timeline, rows, window, width })
  useLayoutEffect(() => {
    if (width > 0) paint()
  }, [paint, width])
  useEffect(() => onThemeChange(paint), [paint])
  const rest = timeline.rows.length - rows.length
  return (
    <figure className={styles.gantt} aria-label={label}>
      <div className={styles.axis} aria-hidden="true">
        {width === 0
          ? null
          : axis.ticks.map((tick) =>
              tick.label === null ? null : (
                <span key={tick.us} style={{ left: tick.x }}>
                  {tick.label}
                </span>
              ),
            )}
      </div>
      <div className={styles.rows}>
        <ul className={styles.names}>
          {rows.map((row) => (
            <li key={row.key}>
              <MiddleTruncate text={row.tool} maxChars={40} />
            </li>
          ))}
        </ul>
        <div
          ref={plot}
          className={styles.plot}
          style={{ height: rows.length * ROW.rowHeight }}
          aria-hidden="true"
        >
          <canvas ref={canvas} />
        </div>
      </div>
      {rest > 0 ? <p className={styles.rest}>and {formatNoun(rest, 'more call', 'more calls')}</p> : null}
    </figure>
  )
}

interface Scene {
  readonly canvas: { readonly current: HTMLCanvasElement | null }
  readonly timeline: Timeline
  readonly rows: readonly CallRow[]
  readonly window: TimeWindow
  readonly width: number
}

function useLatestPaint({ canvas, timeline, rows, window, width }: Scene): () => void {
  return useMemo(() => {
    const layout = layOut(rows)
    return () => {
      const element = canvas.current
      const context = element?.getContext('2d')
      if (!element || !context || width === 0) return
      const kit = createPaintKit(readTokens(element), devicePixelRatio, context)
      beginFrame(context, width, Math.max(1, layout.totalHeight), kit.dpr)
      paintRows(context, kit, {
        timeline,
        layout,
        scale: createScale(window, width),
        axis: prepareAxis(window, width, TICK_GAP_PX),
        originY: 0,
        fromY: 0,
        toY: layout.totalHeight,
        selectedKey: null,
        hoverKey: null,
        toolOf: NO_NAMES,
        touch: true,
      })
    }
  }, [canvas, timeline, rows, window, width])
}

function layOut(rows: readonly CallRow[]): RowLayout {
  return {
    rows,
    tops: Float64Array.from({ length: rows.length + 1 }, (_, index) => index * ROW.rowHeight),
    geometries: rows.map(() => ROW),
    totalHeight: rows.length * ROW.rowHeight,
  }
}
