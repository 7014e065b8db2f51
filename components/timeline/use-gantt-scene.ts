'use client'

import { useMemo } from 'react'
import { collectEdges } from '#lib/timeline/edges.ts'
import { foldKey, foldRows, isFoldable } from '#lib/timeline/fold-rows.ts'
import { chooseDetail, type Detail } from '#lib/timeline/geometry.ts'
import { layoutRows, type RowLayout } from '#lib/timeline/layout-rows.ts'
import type { CallRow, Row, Timeline } from '#lib/timeline/model.ts'
import { orderRows } from '#lib/timeline/order-rows.ts'
import type { GanttView } from './gantt-view.ts'

export interface SceneModel {
  /** All calls in the chosen order, folds left aside. */
  readonly ordered: readonly CallRow[]
  readonly layout: RowLayout
  readonly detail: Detail
  /** Row index by key. */
  readonly indexOf: ReadonlyMap<string, number>
  /** Tool by call id. */
  readonly toolOf: ReadonlyMap<string, string>
  /** All starts and ends, rising. */
  readonly edges: Float64Array
  /** Any siblings alike enough to fold, whether or not they are folded now. */
  readonly foldable: boolean
}

/** Everything that a view of a timeline shows, computed in steps so that a change repeats only its own. */
export function useGanttScene(timeline: Timeline, view: GanttView, touch: boolean): SceneModel {
  const { rows: calls } = timeline
  const ordered = useMemo(() => orderRows(calls, view.order), [calls, view.order])
  const foldable = useMemo(() => isFoldable(calls), [calls])
  const rows = useMemo(
    () =>
      view.folding
        ? foldRows(ordered, { open: openFolds(calls, view.openFolds, view.selectedKey) })
        : ordered,
    [ordered, calls, view.folding, view.openFolds, view.selectedKey],
  )
  const detail = view.detail ?? chooseDetail(rows.filter((row) => row.kind === 'call').length)
  const layout = useMemo(() => layoutRows(rows, detail, touch), [rows, detail, touch])
  const indexOf = useMemo(() => indexRows(rows), [rows])
  const toolOf = useMemo(() => new Map(calls.map((row) => [row.callId, row.tool])), [calls])
  const edges = useMemo(() => collectEdges(calls), [calls])
  return { ordered, layout, detail, indexOf, toolOf, edges, foldable }
}

/** A selected call is always to be seen, so its fold is open. */
function openFolds(
  calls: readonly CallRow[],
  open: ReadonlySet<string>,
  selectedKey: string | null,
): ReadonlySet<string> {
  const selected = selectedKey === null ? undefined : calls.find((row) => row.key === selectedKey)
  if (!selected || selected.slowest || open.has(foldKey(selected))) return open
  return new Set([...open, foldKey(selected)])
}

function indexRows(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row, index) => [row.key, index]))
}
