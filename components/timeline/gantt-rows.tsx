'use client'

import { type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useRef } from 'react'
import { rowsBetween } from '#lib/timeline/layout-rows.ts'
import type { AloneStretch, Row } from '#lib/timeline/model.ts'
import type { GanttEngine } from './gantt-engine.ts'
import { GutterRow } from './gantt-gutter.tsx'
import styles from './gantt-rows.module.css'
import type { GanttView } from './gantt-view.ts'
import { setMeasurePoint, showRow } from './plot-actions.ts'
import { useEngineState } from './use-engine-state.ts'
import type { SceneModel } from './use-gantt-scene.ts'
import { useVisibleRange } from './use-visible-range.ts'

interface GanttRowsProps {
  readonly frame: {
    readonly scroller: RefObject<HTMLDivElement | null>
    readonly rows: RefObject<HTMLCanvasElement | null>
    readonly plot: RefObject<HTMLDivElement | null>
  }
  readonly engine: GanttEngine
  readonly scene: SceneModel
  readonly view: GanttView
  readonly alone: AloneStretch | null
  readonly touch: boolean
  readonly onPress: (row: Row) => void
}

const PAGE_ROWS = 10

/**
 * The rows: labels of those in sight as elements, bars on one canvas under or beside them. For assistive
 * technology it is a list of which one option is active; the focus stays on the list.
 */
export function GanttRows({ frame, engine, scene, view, alone, touch, onPress }: GanttRowsProps) {
  const { layout, indexOf, toolOf } = scene
  const { scroller } = frame
  const id = useId()
  const [first, after] = rowsBetween(layout, ...useVisibleRange(scroller))
  const measuring = useEngineState(engine, (state) => state.measuring)
  const selectedIndex = view.selectedKey === null ? undefined : indexOf.get(view.selectedKey)

  const isRendered = selectedIndex !== undefined && selectedIndex >= first && selectedIndex < after
  // Rows are many and compare their props: what they call must stay the same function.
  const latestPress = useRef(onPress)
  useEffect(() => {
    latestPress.current = onPress
  })
  const press = useCallback((row: Row) => latestPress.current(row), [])

  const { implied } = view
  useEffect(() => {
    const element = scroller.current
    if (!element || selectedIndex === undefined || implied) return
    const top = layout.tops[selectedIndex] ?? 0
    const bottom = layout.tops[selectedIndex + 1] ?? top
    if (top < element.scrollTop) element.scrollTop = top
    else if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight
  }, [scroller, layout, selectedIndex, implied])

  function onKeyDown(event: KeyboardEvent) {
    const to = targetIndex(event.key, selectedIndex ?? 0, layout.rows.length)
    const row = layout.rows[to ?? selectedIndex ?? -1]
    if (to !== null && row) onSelectIndex(event, row)
    else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (measuring) setMeasurePoint(engine)
      else if (row?.kind === 'fold') onPress(row)
      else if (row) showRow(engine, row)
    }
  }

  function onSelectIndex(event: KeyboardEvent, row: Row) {
    event.preventDefault()
    // A fold that is merely passed stays as it is.
    if (row.kind === 'call') onPress(row)
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      data-touch={touch || undefined}
      data-measuring={measuring || undefined}
      role="listbox"
      tabIndex={0}
      aria-label="Calls"
      aria-activedescendant={isRendered ? `${id}-${selectedIndex}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div className={styles.content} style={{ height: layout.totalHeight }}>
        <div ref={frame.plot} className={styles.plot} aria-hidden="true">
          <canvas ref={frame.rows} />
        </div>
        {layout.rows.slice(first, after).map((row, offset) => {
          const index = first + offset
          const geometry = layout.geometries[index]
          return geometry === undefined ? null : (
            <GutterRow
              key={row.key}
              id={`${id}-${index}`}
              row={row}
              index={index}
              count={layout.rows.length}
              top={layout.tops[index] ?? 0}
              geometry={geometry}
              selected={index === selectedIndex}
              touch={touch}
              alone={alone}
              toolOf={toolOf}
              engine={engine}
              onPress={press}
            />
          )
        })}
      </div>
    </div>
  )
}

function targetIndex(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'PageUp':
      return Math.max(0, at - PAGE_ROWS)
    case 'PageDown':
      return Math.min(count - 1, at + PAGE_ROWS)
    default:
      return null
  }
}
