import type { GanttView } from '#components/timeline/gantt-view.ts'
import { foldKey } from '#lib/timeline/fold-rows.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { callKey } from '#lib/timeline/prepare-rows.ts'
import type { BatchViewValues } from './view-params.ts'

/*
 * Between the address and the picture.
 *
 * - A change written to the address reads back as that change.
 * - Folds and calls are named by what the sender gave them, so that a link outlives a reload.
 */

/** What the address says, in terms of this batch's rows. What it names and the batch lacks is left aside. */
export function readView(values: BatchViewValues, timeline: Timeline): GanttView {
  const openFolds = new Set<string>()
  for (const seq of values.open) {
    const key = foldOfSeq(timeline, seq)
    if (key !== null) openFolds.add(key)
  }
  return {
    order: values.by,
    detail: values.rows,
    folding: !values.flat,
    openFolds,
    selectedKey: selectedKey(values, timeline),
    implied: values.call === null && values.fold === null,
    window: values.t,
    table: values.table,
  }
}

/** Who looks for the first time sees the call that held the turn. */
function selectedKey({ call, fold }: BatchViewValues, timeline: Timeline): string | null {
  if (fold !== null) return foldOfSeq(timeline, fold)
  if (call === '') return null
  if (call !== null) return callKey(call)
  return timeline.rows.find((row) => row.slowest)?.key ?? null
}

function foldOfSeq({ rows }: Timeline, seq: number): string | null {
  const row = rows.find((candidate) => candidate.seq === seq && !candidate.slowest)
  return row ? foldKey(row) : null
}

function seqOfFold({ rows }: Timeline, key: string): number | null {
  return rows.find((row) => !row.slowest && foldKey(row) === key)?.seq ?? null
}

/** A change of the view as changes of the address; null takes a parameter out. */
export function writeView(next: Partial<GanttView>, timeline: Timeline): Partial<Nullable<BatchViewValues>> {
  const values: Partial<Nullable<BatchViewValues>> = {}
  if (next.order !== undefined) values.by = next.order
  if (next.detail !== undefined) values.rows = next.detail
  if (next.folding !== undefined) values.flat = !next.folding
  if (next.table !== undefined) values.table = next.table
  if (next.window !== undefined) values.t = next.window
  if (next.openFolds !== undefined) {
    values.open = [...next.openFolds].flatMap((key) => seqOfFold(timeline, key) ?? [])
  }
  if (next.selectedKey !== undefined) Object.assign(values, writeSelection(next.selectedKey, timeline))
  return values
}

function writeSelection(
  key: string | null,
  timeline: Timeline,
): Pick<Nullable<BatchViewValues>, 'call' | 'fold'> {
  if (key === null) return { call: '', fold: null }
  const row = timeline.rows.find((candidate) => candidate.key === key)
  return row ? { call: row.callId, fold: null } : { call: null, fold: seqOfFold(timeline, key) }
}

type Nullable<T> = { -readonly [K in keyof T]: T[K] | null }
