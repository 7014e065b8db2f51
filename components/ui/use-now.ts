'use client'

import { useCallback, useRef, useSyncExternalStore } from 'react'

/**
 * The wall clock, ticking every `everyMs`. Null on the server and while hydrating: an age that is rendered
 * on both sides would differ.
 */
export function useNow(everyMs: number): number | null {
  const now = useRef<number | null>(null)
  const subscribe = useCallback(
    (onChange: () => void) => {
      now.current = Date.now()
      onChange()
      const timer = setInterval(() => {
        now.current = Date.now()
        onChange()
      }, everyMs)
      return () => clearInterval(timer)
    },
    [everyMs],
  )
  return useSyncExternalStore(
    subscribe,
    () => now.current,
    () => null,
  )
}
