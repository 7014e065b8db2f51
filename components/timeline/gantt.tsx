'use client'

import type { ReactNode } from 'react'
import type { Row, Timeline } from '#lib/timeline/model.ts'
import { GanttFoot } from './gantt-foot.tsx'
import { GanttPlot } from './gantt-plot.tsx'
import { GanttTable } from './gantt-table.tsx'
import type { ChangeView, GanttView } from './gantt-view.ts'
import { useGanttEngine } from './use-gantt-engine.ts'
import { useGanttKeys } from './use-gantt-keys.ts'
import { useGanttScene } from './use-gantt-scene.ts'

interface GanttProps {
  readonly timeline: Timeline
  readonly view: GanttView
  readonly onView: ChangeView
  /** A narrow screen: labels stand above the bars, the foot is a bar for thumbs. */
  readonly touch: boolean
  /** More actions for that bar. */
  readonly footActions?: ReactNode
  /** Escape was pressed with nothing left to let go. */
  readonly onLeave?: () => void
}

/**
 * The timeline of one batch: the plot or the table of the same data, and under it the key with the actions.
 * Two siblings and no box around them, so that a page may keep the foot in sight.
 */
export function Gantt({ timeline, view, onView, touch, footActions, onLeave }: GanttProps) {
  const scene = useGanttScene(timeline, view, touch)
  const engine = useGanttEngine(view.window, (window) => onView({ window }))
  const select = (row: Row | null) => onView({ selectedKey: row?.key ?? null })
  useGanttKeys({ engine, scene, view, onView, onSelect: select, onLeave })

  return (
    <>
      {view.table ? (
        <GanttTable rows={scene.ordered} view={view} onView={onView} touch={touch} />
      ) : (
        <GanttPlot
          engine={engine}
          timeline={timeline}
          scene={scene}
          view={view}
          onView={onView}
          touch={touch}
        />
      )}
      <GanttFoot
        engine={engine}
        timeline={timeline}
        scene={scene}
        view={view}
        onView={onView}
        touch={touch}
        actions={footActions}
      />
    </>
  )
}
