'use client'

import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatMoment } from '#lib/format/time.ts'

/** Writes an instant in the viewer's zone, as short as today allows. */
export function useMoment(): (epochMs: number) => string {
  const { zone } = useTimeZone()
  const nowMs = useNow(60_000)
  return (epochMs) => formatMoment(epochMs, zone, nowMs ?? epochMs)
}
