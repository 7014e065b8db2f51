'use client'

import { useId } from 'react'
import { type Detail, ROW_DENSITIES } from '#lib/timeline/geometry.ts'
import { ROW_ORDERS, type RowOrder } from '#lib/timeline/order-rows.ts'
import styles from './gantt-toolbar.module.css'
import type { ChangeView, GanttView } from './gantt-view.ts'
import type { SceneModel } from './use-gantt-scene.ts'

const ORDER_WORDS: Record<RowOrder, string> = {
  emitted: 'Emitted',
  start: 'Start',
  duration: 'Duration',
  tool: 'Tool',
}
const DETAIL_WORDS: Record<Detail, string> = { full: 'High rows', dense: 'Low rows', line: 'Line rows' }

/** In which order the rows stand. */
export function OrderControl({ view, onView }: { readonly view: GanttView; readonly onView: ChangeView }) {
  const name = useId()
  return (
    <fieldset className={styles.order}>
      <legend className={styles.hidden}>Order of the rows</legend>
      {ROW_ORDERS.map((order) => (
        <label key={order} data-checked={view.order === order || undefined}>
          <input type="radio" name={name} checked={view.order === order} onChange={() => onView({ order })} />
          {ORDER_WORDS[order]}
        </label>
      ))}
    </fieldset>
  )
}

interface DensityControlProps {
  readonly scene: Pick<SceneModel, 'detail' | 'foldable'>
  readonly view: GanttView
  readonly onView: ChangeView
}

/** How high rows are and whether alike ones fold: offered only when there are many. */
export function DensityControl({ scene, view, onView }: DensityControlProps) {
  const { detail, foldable } = scene
  return (
    <span className={styles.density}>
      {foldable ? (
        <button
          type="button"
          aria-pressed={view.folding}
          title="Fold calls of one tool that ended alike (F)"
          onClick={() => onView({ folding: !view.folding })}
        >
          {view.folding ? 'Folded' : 'Fold'}
        </button>
      ) : null}
      <button
        type="button"
        title="Height of the rows (D)"
        onClick={() => onView({ detail: nextDetail(detail) })}
      >
        {DETAIL_WORDS[detail]}
      </button>
    </span>
  )
}

export function nextDetail(detail: Detail): Detail {
  return ROW_DENSITIES[(ROW_DENSITIES.indexOf(detail) + 1) % ROW_DENSITIES.length] ?? 'full'
}
