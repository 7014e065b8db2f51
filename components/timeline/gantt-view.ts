import type { Detail } from '#lib/timeline/geometry.ts'
import type { TimeWindow } from '#lib/timeline/model.ts'
import type { RowOrder } from '#lib/timeline/order-rows.ts'

/** What a person has chosen to see: all of it belongs into the address of the page. */
export interface GanttView {
  readonly order: RowOrder
  /** Null lets the number of rows decide. */
  readonly detail: Detail | null
  /** Fold identical siblings when there are many. */
  readonly folding: boolean
  /** Keys of the folds that are open. */
  readonly openFolds: ReadonlySet<string>
  /** Key of a row: a call or a fold. */
  readonly selectedKey: string | null
  /** Nobody chose the selected row: it is marked, but nothing scrolls to it. */
  readonly implied: boolean
  /** Null shows everything. */
  readonly window: TimeWindow | null
  readonly table: boolean
}

export type ChangeView = (change: Partial<GanttView>) => void
