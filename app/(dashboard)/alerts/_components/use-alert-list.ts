'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { alertsQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { type AlertRow, mergeAlertRows } from '#lib/alerts/list-rows.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import type { AlertQuery } from '#lib/contract/query.ts'

export interface AlertListState {
  readonly rows: readonly AlertRow[]
  readonly arrivals: readonly Alert[]
  readonly isLoading: boolean
  readonly error: unknown
  /** Epoch ms at which the rows were read. */
  readonly readAtMs: number
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
  readonly retry: () => void
  /** Puts the list in the order that it has now. */
  readonly showNews: () => void
}

interface Shown {
  readonly key: string
  readonly alerts: readonly Alert[]
}

/** The rows of the list. What is read anew changes rows in place; new ones wait until a person asks for them. */
export function useAlertList(filter: AlertQuery): AlertListState {
  const { view } = useViewState()
  const list = useInfiniteQuery(alertsQuery(filter))
  const key = JSON.stringify(filter)
  const [shown, setShown] = useState<Shown>({ key, alerts: [] })
  const fresh = useMemo(() => list.data?.pages.flatMap((page) => page.alerts) ?? [], [list.data])
  const current = shown.key === key && !list.isPlaceholderData ? shown.alerts : NONE
  const { rows, arrivals } = useMemo(() => mergeAlertRows(current, fresh), [current, fresh])
  const isFollowing = view.live && arrivals.length > 0

  useEffect(() => {
    if (list.isPlaceholderData || fresh.length === 0) return
    setShown((old) =>
      old.key === key && old.alerts.length > 0 && !isFollowing
        ? { key, alerts: mergeAlertRows(old.alerts, fresh).rows.map((row) => row.alert) }
        : { key, alerts: fresh },
    )
  }, [key, fresh, isFollowing, list.isPlaceholderData])

  return {
    rows,
    arrivals,
    isLoading: list.isPending,
    error: list.error,
    readAtMs: list.dataUpdatedAt,
    hasMore: list.hasNextPage,
    isReadingMore: list.isFetchingNextPage,
    readMore: () => void list.fetchNextPage({ cancelRefetch: false }),
    retry: () => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
    showNews: () => setShown({ key, alerts: fresh }),
  }
}

const NONE: readonly Alert[] = []
