import { nearestEdge } from '#lib/timeline/edges.ts'
import { hitSegment } from '#lib/timeline/hit-test.ts'
import { rowIndexAt } from '#lib/timeline/layout-rows.ts'
import type { Row } from '#lib/timeline/model.ts'
import { windowAround } from '#lib/timeline/time-window.ts'
import type { GanttEngine } from './gantt-engine.ts'
import { type PlotPoint, timeAt } from './plot-gestures.ts'
import type { SceneModel } from './use-gantt-scene.ts'

/** The cursor snaps to a start or an end this near. */
const SNAP_PX = 6
/** A bar two px wide must still be met. */
const HIT_PX = 4

/** What a pointer in the plot means, given what is drawn there. */
export interface PlotModel {
  readonly scene: SceneModel
  readonly onPress: (row: Row) => void
}

export function hoverPlot(engine: GanttEngine, { scene }: PlotModel, point: PlotPoint | null): void {
  if (point === null) {
    engine.set({ cursor: null, hoverKey: null, hoverSegment: null })
    return
  }
  const row = rowAt(scene, point)
  const us = timeAt(engine, point.x)
  const reachUs = engine.usPerPx()
  const snappedUs = snap(scene, row, us, SNAP_PX * reachUs)
  const cursor = { us: snappedUs ?? us, snapped: snappedUs !== null }
  const hoverSegment = row?.kind === 'call' ? hitSegment(row, us, HIT_PX * reachUs) : null
  engine.set({ cursor, hoverKey: row?.key ?? null, hoverSegment })
  followMeasure(engine, cursor.us)
}

/** While measuring, a press sets a point; else it selects the row. */
export function tapPlot(engine: GanttEngine, model: PlotModel, point: PlotPoint): void {
  hoverPlot(engine, model, point)
  if (engine.getState().measuring) {
    setMeasurePoint(engine)
    return
  }
  const row = rowAt(model.scene, point)
  if (row) model.onPress(row)
}

/** A bar comes near; empty space shows everything again. */
export function openPlot(engine: GanttEngine, { scene }: PlotModel, point: PlotPoint): void {
  const row = rowAt(scene, point)
  const us = timeAt(engine, point.x)
  const onBar = row?.kind === 'call' && hitSegment(row, us, HIT_PX * engine.usPerPx()) !== null
  if (onBar) showRow(engine, row)
  else engine.moveTo(null, 'smooth')
}

export function showRow(engine: GanttEngine, row: Row): void {
  if (row.startUs === null || row.endUs === null) return
  engine.moveTo(windowAround({ fromUs: row.startUs, toUs: row.endUs }, engine.getState().bounds), 'smooth')
}

/** The first point, then the second; a third begins anew. */
export function setMeasurePoint(engine: GanttEngine): void {
  const { cursor, measure } = engine.getState()
  if (!cursor) return
  const isSecond = measure !== null && !measure.fixed
  engine.set({
    measure: isSecond
      ? { ...measure, toUs: cursor.us, fixed: true }
      : { fromUs: cursor.us, toUs: cursor.us, fixed: false },
  })
}

export function followMeasure(engine: GanttEngine, us: number): void {
  const { measure } = engine.getState()
  if (measure && !measure.fixed) engine.set({ measure: { ...measure, toUs: us } })
}

function rowAt(scene: SceneModel, point: PlotPoint): Row | null {
  if (point.y === null) return null
  const index = rowIndexAt(scene.layout, point.y)
  return index === null ? null : (scene.layout.rows[index] ?? null)
}

/** The edges of the row under the pointer come before those of all others. */
function snap(scene: SceneModel, row: Row | null, us: number, reachUs: number): number | null {
  if (row?.kind === 'call') {
    const own = row.segments.flatMap((segment) => [segment.startUs, segment.endUs])
    const near = nearestEdge(Float64Array.from(own).sort(), us, reachUs)
    if (near !== null) return near
  }
  return nearestEdge(scene.edges, us, reachUs)
}
