'use client'

import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { type LiveEvent, type LiveState, LiveStream } from './live-stream.ts'
import { ALERT_KINDS_OF_QUERY, DERIVED_KINDS, STORED_KINDS } from './queries.ts'

let shared: LiveStream | undefined

function liveStream(): LiveStream {
  shared ??= new LiveStream({
    open: () => new EventSource('/api/v1/stream'),
    now: () => Date.now(),
    isHidden: () => document.hidden,
    onWake: (callback) => {
      document.addEventListener('visibilitychange', callback)
      window.addEventListener('online', callback)
      return () => {
        document.removeEventListener('visibilitychange', callback)
        window.removeEventListener('online', callback)
      }
    },
  })
  return shared
}

const CONNECTING: LiveState = { status: 'connecting', sinceMs: 0 }

/** Whether the stream is up, and since when. Changes with the status only, not with every event. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (onChange) => liveStream().onState(onChange),
    () => liveStream().getState(),
    () => CONNECTING,
  )
}

/** Hears every event of the stream while mounted; the last given callback is the one that is called. */
export function useLiveEvents(onEvent: (event: LiveEvent) => void): void {
  const latest = useRef(onEvent)
  useEffect(() => {
    latest.current = onEvent
  })
  useEffect(() => liveStream().onEvent((event) => latest.current(event)), [])
}

/** A first event is heard out this long, because what is stored together is told in several events. */
const SETTLE_MS = 100
/** Figures move with every batch; refetching them more often than this would only flicker. */
const REFRESH_MS = 1000

type Kind = (typeof DERIVED_KINDS)[number] | (typeof STORED_KINDS)[number]

/**
 * Keeps what is cached true: the mode at once, figures at most every second, everything after a gap.
 * Mounted once, by the shell.
 */
export function useLiveInvalidation(): void {
  const client = useQueryClient()
  const pending = useRef(new Set<Kind>())
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const refreshedAtMs = useRef(0)

  useEffect(() => () => clearTimeout(timer.current), [])

  const refreshSoon = (kinds: readonly Kind[]) => {
    for (const kind of kinds) pending.current.add(kind)
    const waitMs = Math.max(SETTLE_MS, refreshedAtMs.current + REFRESH_MS - Date.now())
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      refreshedAtMs.current = Date.now()
      const due = [...pending.current]
      pending.current.clear()
      for (const kind of due) invalidate(client, kind)
    }, waitMs)
  }

  useLiveEvents((event) => {
    if (event.type === 'batches') refreshSoon(STORED_KINDS)
    else if (event.type === 'derived') refreshSoon(DERIVED_KINDS)
    else if (event.type === 'alerts') for (const kind of ALERT_KINDS_OF_QUERY) invalidate(client, kind)
    else if (event.type === 'resumed') refreshAll(client)
    else if (event.type !== 'storage') {
      invalidate(client, 'executors')
      if (event.type === 'mode') for (const kind of ['mode', 'audit']) invalidate(client, kind)
    }
  })
}

/**
 * A read that is being retried goes on: begun anew with every event it would never come to say that it
 * failed. Any other that is under way begins anew, because its answer may be from before the event.
 */
function isRetrying({ state }: Query): boolean {
  return state.fetchStatus === 'fetching' && state.fetchFailureCount > 0
}

function invalidate(client: QueryClient, kind: string): void {
  void client.invalidateQueries({ queryKey: [kind], predicate: (query) => !isRetrying(query) })
}

function refreshAll(client: QueryClient): void {
  // A list that was read keeps its rows: what it missed is counted and announced like everything new.
  const isStale = (query: Query) => query.queryKey[0] !== 'batches' || query.state.status === 'error'
  void client.invalidateQueries({ predicate: (query) => isStale(query) && !isRetrying(query) })
}
