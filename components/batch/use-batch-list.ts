'use client'

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { batchesQuery, newestBatchesQuery } from '#components/query/queries.ts'
import { useLiveEvents } from '#components/query/use-live-stream.ts'
import type { Sort } from '#components/query/view-state.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { findNewRows, firstPageOf, flattenPages, mergeNewRows, refreshRows, scannedTo } from './list-rows.ts'

export interface BatchNews {
  readonly count: number
  /** There may be more than were counted. */
  readonly isAtLeast: boolean
  readonly failing: number
}

export interface BatchListState {
  readonly rows: readonly WireBatch[]
  readonly isLoading: boolean
  readonly error: unknown
  /** Epoch ms at which the rows were read; 0 before the first. */
  readonly readAtMs: number
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
  readonly retry: () => void
  /** How far a time-boxed scan has come; null when nothing was cut short. */
  readonly scannedToMs: number | null
  readonly news: BatchNews
  /** Puts the new rows in their place. */
  readonly showNews: () => void
}

/** The rows of the list and what has come since, kept apart until a person asks for it. */
export function useBatchList(filter: FilterQuery, sort: Sort): BatchListState {
  const client = useQueryClient()
  const options = batchesQuery(filter, sort)
  const list = useInfiniteQuery(options)
  const read = useMemo(() => flattenPages(list.data?.pages ?? []), [list.data])
  const isNewestFirst = sort.sort === 'started_at' && sort.order === 'desc'
  const arrivals = useArrivals(options.queryKey, !isNewestFirst)
  const newest = useQuery({ ...newestBatchesQuery(filter), enabled: arrivals.any && list.data !== undefined })
  const rows = useMemo(() => refreshRows(read, newest.data), [read, newest.data])
  const news = useMemo(
    () => (newest.data ? findNewRows(newest.data, isNewestFirst ? rows : []) : { rows: [], isGap: false }),
    [newest.data, rows, isNewestFirst],
  )
  // In any other order a new row's place is unknown: only those that the stream named are new.
  const fresh = isNewestFirst ? news.rows : news.rows.filter((row) => arrivals.ids.has(row.batch_id))

  return {
    rows,
    isLoading: list.isPending,
    error: list.error,
    readAtMs: list.dataUpdatedAt,
    hasMore: list.hasNextPage,
    isReadingMore: list.isFetchingNextPage,
    readMore: () => void list.fetchNextPage({ cancelRefetch: false }),
    retry: () => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
    scannedToMs: scannedTo(list.data?.pages ?? []),
    news: { count: fresh.length, isAtLeast: news.isGap, failing: fresh.filter(hasFailure).length },
    showNews: () => {
      arrivals.clear()
      const { data } = newest
      if (!data) return
      client.setQueryData(options.queryKey, (old) => {
        if (!old) return old
        return isNewestFirst ? mergeNewRows(old, data, news) : firstPageOf(old)
      })
      // In any other order only the server knows where a new row belongs.
      if (!isNewestFirst) void client.invalidateQueries({ queryKey: options.queryKey })
    },
  }
}

function hasFailure(batch: WireBatch): boolean {
  return batch.outcomes.error + batch.outcomes.timeout > 0
}

interface Arrivals {
  readonly name: string
  /** Something has come since. */
  readonly any: boolean
  readonly ids: ReadonlySet<string>
}

const NO_IDS: ReadonlySet<string> = new Set()
/** Enough to count what a person may still want to see one by one. */
const MAX_IDS = 1000

/** What the stream has said since the list of this key was read; ids only where they are asked for. */
function useArrivals(key: unknown, wantsIds: boolean): Arrivals & { readonly clear: () => void } {
  const name = JSON.stringify(key)
  const none = { name, any: false, ids: NO_IDS }
  const [state, setState] = useState<Arrivals>(none)
  useLiveEvents((event) => {
    if (event.type !== 'batches' && event.type !== 'resumed') return
    setState((old) => {
      const current = old.name === name ? old : none
      if (event.type === 'resumed' || !wantsIds) return current.any ? current : { ...current, any: true }
      const ids = [...current.ids, ...event.data.ids].slice(-MAX_IDS)
      return { name, any: true, ids: new Set(ids) }
    })
  })
  const current = state.name === name ? state : none
  return { ...current, clear: () => setState({ ...current, ids: NO_IDS }) }
}
