'use client'

import { type CSSProperties, useLayoutEffect, useMemo, useRef } from 'react'
import { prepareMinimap } from '#lib/timeline/minimap.ts'
import type { Row, Timeline } from '#lib/timeline/model.ts'
import { fitWindow } from '#lib/timeline/time-window.ts'
import type { GanttEngine } from './gantt-engine.ts'
import { GanttOverlay } from './gantt-overlay.tsx'
import styles from './gantt-plot.module.css'
import { GanttRows } from './gantt-rows.tsx'
import { DensityControl, OrderControl } from './gantt-toolbar.tsx'
import { GanttTooltip } from './gantt-tooltip.tsx'
import type { ChangeView, GanttView } from './gantt-view.ts'
import { InFlightHead } from './in-flight-head.tsx'
import { MinimapWindow } from './minimap-window.tsx'
import { useGanttPainter, usePlotWidth } from './use-gantt-painter.ts'
import type { SceneModel } from './use-gantt-scene.ts'
import { usePlotGestures } from './use-plot-gestures.ts'
import { useRulerBrush } from './use-ruler-brush.ts'

interface GanttPlotProps {
  readonly engine: GanttEngine
  readonly timeline: Timeline
  readonly scene: SceneModel
  readonly view: GanttView
  readonly onView: ChangeView
  readonly touch: boolean
}

/** Room behind the last bar for the words that stand there. */
const END_ROOM_PX = 92
const TOUCH_END_ROOM_PX = 60
/** Height of the minimap's inside. */
const MINIMAP_PX = 24

/**
 * Minimap, ruler, rows and strip. What moves with the pointer is painted by the engine's own frames; React
 * renders when the data, the order, the selection or the rows in sight change.
 */
export function GanttPlot({ engine, timeline, scene, view, onView, touch }: GanttPlotProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLCanvasElement>(null)
  const ruler = useRef<HTMLCanvasElement>(null)
  const strip = useRef<HTMLCanvasElement>(null)
  const minimap = useRef<HTMLCanvasElement>(null)
  const plot = useRef<HTMLDivElement>(null)
  const plotWidth = usePlotWidth(plot)
  const endRoomPx = touch ? TOUCH_END_ROOM_PX : END_ROOM_PX
  const { extent } = timeline
  const { layout, ordered, toolOf } = scene
  const map = useMemo(
    // Before the plot is laid out there is nothing to draw on.
    () =>
      prepareMinimap(
        plotWidth > 0 ? ordered : [],
        fitWindow(extent, plotWidth, endRoomPx),
        plotWidth,
        MINIMAP_PX,
      ),
    [ordered, extent, plotWidth, endRoomPx],
  )
  // Before the painter's own effect, so that the first picture has its window.
  useLayoutEffect(() => {
    if (plotWidth > 0) engine.resize(extent, plotWidth, endRoomPx)
  }, [engine, extent, plotWidth, endRoomPx])
  useGanttPainter(
    engine,
    { scroller, rows, ruler, strip, minimap },
    { timeline, layout, minimap: map, selectedKey: view.selectedKey, toolOf, touch },
    plotWidth,
  )
  const press = (row: Row) =>
    onView(row.kind === 'fold' ? toggleFold(view, row.key) : { selectedKey: row.key })
  usePlotGestures(engine, { scroller, rows, strip }, { scene, onPress: press })
  const brush = useRulerBrush(engine)
  const digits = String(timeline.rows.length).length
  const sizes = {
    '--number-w': `${Math.max(18, digits * 7 + 4)}px`,
    '--plot-w': `${plotWidth}px`,
  } as CSSProperties

  return (
    <section
      className={styles.plot}
      data-touch={touch || undefined}
      data-empty={timeline.endUs === null || undefined}
      style={sizes}
      aria-label="Timeline"
    >
      <div className={styles.head}>
        <div className={styles.order}>
          <OrderControl view={view} onView={onView} />
        </div>
        <div className={styles.minimap}>
          <canvas ref={minimap} />
          <MinimapWindow engine={engine} />
        </div>
      </div>
      <div className={styles.ruler}>
        <div className={styles.columns}>
          <span className={styles.no}>no.</span>
          <span className={styles.tool}>tool</span>
          {ordered.length > 40 ? <DensityControl scene={scene} view={view} onView={onView} /> : null}
          <span>duration</span>
        </div>
        <div className={styles.axis} aria-hidden="true" {...brush}>
          <canvas ref={ruler} />
        </div>
      </div>
      <GanttRows
        frame={{ scroller, rows, plot }}
        engine={engine}
        scene={scene}
        view={view}
        alone={timeline.alone}
        touch={touch}
        onPress={press}
      />
      <div className={styles.strip}>
        <InFlightHead timeline={timeline} engine={engine} touch={touch} />
        <div className={styles.stripPlot} aria-hidden="true">
          <canvas ref={strip} />
        </div>
      </div>
      <div className={styles.overlay}>
        <GanttOverlay engine={engine} />
      </div>
      {touch ? null : <GanttTooltip engine={engine} scene={scene} scroller={scroller} />}
    </section>
  )
}

/** A fold that closes takes the selection of its members to itself. */
function toggleFold(view: GanttView, key: string): Partial<GanttView> {
  const openFolds = new Set(view.openFolds)
  if (!openFolds.delete(key)) openFolds.add(key)
  return { openFolds, selectedKey: key }
}
