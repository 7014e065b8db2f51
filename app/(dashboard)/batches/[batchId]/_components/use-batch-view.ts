'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useCallback, useMemo } from 'react'
import type { ChangeView, GanttView } from '#components/timeline/gantt-view.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { readView, writeView } from './view-mapping.ts'
import { BATCH_VIEW_PARSERS, OF_ONE_BATCH } from './view-params.ts'

/** The view of this batch, read from and written to the address. */
export function useBatchView(timeline: Timeline): readonly [GanttView, ChangeView] {
  const [values, setValues] = useQueryStates(BATCH_VIEW_PARSERS, { history: 'replace' })
  const view = useMemo(() => readView(values, timeline), [values, timeline])
  const change: ChangeView = (next) => void setValues(writeView(next, timeline))
  return [view, change]
}

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
