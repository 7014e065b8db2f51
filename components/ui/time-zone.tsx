'use client'

import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useSyncExternalStore } from 'react'

const neverChanges = () => () => {}
const viewerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
const serverZone = () => 'UTC'

export interface TimeZone {
  /** The IANA zone in which times are shown now. */
  readonly zone: string
  readonly isUtc: boolean
  readonly setUtc: (utc: boolean) => void
}

/**
 * The viewer's own zone, or UTC when the page's address says `tz=utc`. The server cannot know the viewer's
 * zone: it renders UTC, and the first client render after hydration corrects it.
 */
export function useTimeZone(): TimeZone {
  const own = useSyncExternalStore(neverChanges, viewerZone, serverZone)
  const [tz, setTz] = useQueryState('tz', parseAsStringLiteral(['utc']))
  return {
    zone: tz === 'utc' ? 'UTC' : own,
    isUtc: tz === 'utc',
    setUtc: (utc) => void setTz(utc ? 'utc' : null),
  }
}
