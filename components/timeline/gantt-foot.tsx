'use client'

import { type ReactNode, useMemo } from 'react'
import { Button } from '#components/ui/button.tsx'
import { TableIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import type { Timeline } from '#lib/timeline/model.ts'
import type { GanttEngine } from './gantt-engine.ts'
import styles from './gantt-foot.module.css'
import type { ChangeView, GanttView } from './gantt-view.ts'
import { PatternKey, type PatternName } from './pattern-key.tsx'
import { useEngineState } from './use-engine-state.ts'
import { toggleMeasure } from './use-gantt-keys.ts'
import type { SceneModel } from './use-gantt-scene.ts'

interface GanttFootProps {
  readonly engine: GanttEngine
  readonly timeline: Timeline
  readonly scene: SceneModel
  readonly view: GanttView
  readonly onView: ChangeView
  readonly touch: boolean
  readonly actions?: ReactNode
}

/** The key of the patterns and what can be done with the picture; a bar for thumbs on a narrow screen. */
export function GanttFoot({ engine, timeline, scene, view, onView, touch, actions }: GanttFootProps) {
  const measuring = useEngineState(engine, (state) => state.measuring)
  const whole = useEngineState(engine, ({ window, bounds }) => window === bounds)
  const used = useMemo(() => usedPatterns(timeline, scene), [timeline, scene])
  const fit = () => engine.moveTo(null, 'smooth')
  const measure = () => toggleMeasure(engine)
  const toggleTable = () => onView({ table: !view.table })
  if (touch) {
    return (
      <div className={styles.bar}>
        {view.table ? null : (
          <>
            <Button onClick={fit}>Fit</Button>
            <Button onClick={measure} aria-pressed={measuring}>
              Measure
            </Button>
          </>
        )}
        <Button onClick={toggleTable} aria-pressed={view.table}>
          <TableIcon />
          {view.table ? 'Timeline' : 'Table'}
        </Button>
        <span className={styles.grow} />
        {actions}
      </div>
    )
  }
  return (
    <div className={styles.foot}>
      {view.table ? <span className={styles.grow} /> : <PatternKey used={used} />}
      {view.table ? null : (
        <>
          <button type="button" className={styles.action} onClick={fit} disabled={whole}>
            Fit <Kbd>0</Kbd>
          </button>
          <button type="button" className={styles.action} onClick={measure} aria-pressed={measuring}>
            Measure <Kbd>M</Kbd>
          </button>
        </>
      )}
      <button type="button" className={styles.action} onClick={toggleTable} aria-pressed={view.table}>
        <TableIcon /> Table <Kbd>T</Kbd>
      </button>
    </div>
  )
}

function usedPatterns({ rows, alone }: Timeline, { layout, detail }: SceneModel): ReadonlySet<PatternName> {
  const used = new Set<PatternName>()
  for (const row of rows) {
    if (row.waiting && row.waiting.queuedUs > 0) used.add('queued by intent')
    if (row.waiting && row.waiting.dispatchDelayUs > 0) used.add('dispatch delay')
    if (detail === 'full' && row.band && row.segments.length > 0) used.add('tool p50 to p95')
    if (detail === 'full' && row.segments.length > 0) used.add('ideal schedule')
    if (row.segments.some((segment) => segment.replaced)) used.add('attempt, replaced')
  }
  if (alone) used.add('ran alone')
  if (layout.rows.some((row) => row.kind === 'fold')) used.add('median of a fold')
  return used
}
