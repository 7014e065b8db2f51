'use client'

import { useSyncExternalStore } from 'react'

/** The width at which the shell lays itself out for a phone. */
const NARROW = '(max-width: 720px)'

function subscribe(onChange: () => void): () => void {
  const query = matchMedia(NARROW)
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}

/** Whether the screen is narrow. The server, which has no screen, renders the wide page. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(NARROW).matches,
    () => false,
  )
}
