'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useCallback, useMemo } from 'react'
import type { ChangeView, GanttView } from '#components/timeline/gantt-view.ts'
import { foldKey } from '#lib/timeline/fold-rows.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { callKey } from '#lib/timeline/prepare-rows.ts'
import { BATCH_VIEW_PARSERS, type BatchViewValues, OF_ONE_BATCH } from './view-params.ts'

/** The view of this batch, read from and written to the address. */
export function useBatchView(timeline: Timeline): readonly [GanttView, ChangeView] {
  const [values, setValues] = useQueryStates(BATCH_VIEW_PARSERS, { history: 'replace' })
  const view = useMemo(() => readView(values, timeline), [values, timeline])
  const change: ChangeView = (next) => void setValues(writeView(next, timeline))
  return [view, change]
}

function readView(values: BatchViewValues, timeline: Timeline): GanttView {
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

function writeView(next: Partial<GanttView>, timeline: Timeline): Partial<Nullable<BatchViewValues>> {
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

/** Makes links to other batches: they keep the list's filters and the look of the picture, not its place. */
export function useNeighbourLink(): (batchId: string) => string {
  const current = useSearchParams()
  return useCallback((batchId) => withQuery(`/batches/${encodeURIComponent(batchId)}`, current), [current])
}

/** Back to the list as it was filtered. */
export function useListLink(): string {
  return withQuery('/batches', useSearchParams(), Object.keys(BATCH_VIEW_PARSERS))
}

/** This page as it looks now, for a colleague. Null before the browser has said where it is. */
export function useOwnLink(): string {
  const pathname = usePathname()
  const query = useSearchParams().toString()
  const origin = typeof window === 'undefined' ? '' : window.location.origin
  return `${origin}${pathname}${query === '' ? '' : `?${query}`}`
}

function withQuery(
  pathname: string,
  current: URLSearchParams | ReturnType<typeof useSearchParams>,
  left: readonly string[] = OF_ONE_BATCH,
): string {
  const params = new URLSearchParams(current.toString())
  for (const key of left) params.delete(key)
  const query = params.toString()
  return query === '' ? pathname : `${pathname}?${query}`
}
