'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useCallback, useEffect, useMemo } from 'react'
import type { ChangeView, GanttView } from '#components/timeline/gantt-view.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { FORMER_ID, OF_ONE_BATCH, toSuccessor } from './successor.ts'
import { readView, writeView } from './view-mapping.ts'
import { BATCH_VIEW_PARSERS } from './view-params.ts'

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
  return withQuery('/batches', useSearchParams(), [...Object.keys(BATCH_VIEW_PARSERS), FORMER_ID])
}

/** The id that the address was asked for under, when its calls are in this batch now. */
export function useFormerId(): string | null {
  return useSearchParams().get(FORMER_ID)
}

/** Leads on from a batch whose calls are found to be in another one while it is looked at. */
export function useFollowSuccessor(formerId: string, supersededBy: string | null): void {
  const router = useRouter()
  const query = useSearchParams().toString()
  useEffect(() => {
    if (supersededBy === null) return
    const params = new URLSearchParams(query)
    const values = Object.fromEntries([...params.keys()].map((name) => [name, params.getAll(name)]))
    router.replace(toSuccessor(supersededBy, formerId, values))
  }, [formerId, supersededBy, query, router])
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
