import { formatDuration } from '#lib/format/duration.ts'

const MIN_MS = 60_000

/** How long something still holds, rounded up: `59 min`, `1 h 59 min`. */
export function formatLeft(leftMs: number): string {
  if (leftMs < MIN_MS) return `${Math.max(0, Math.ceil(leftMs / 1000))} s`
  const minutes = Math.ceil(leftMs / MIN_MS)
  return minutes < 60 ? `${minutes} min` : formatDuration(minutes * MIN_MS)
}
