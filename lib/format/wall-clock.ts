/*
 * Between epoch milliseconds and what a date-and-time field holds: a wall clock without a zone,
 * `2026-11-20T03:12:09`.
 */

const partFormatters = new Map<string, Intl.DateTimeFormat>()

/** The text of a field for an instant; empty for an open bound. */
export function toLocalInput(epochMs: number | null, timeZone: string): string {
  return epochMs === null
    ? ''
    : new Date(epochMs + zoneOffsetMs(epochMs, timeZone)).toISOString().slice(0, 19)
}

/**
 * The instant that a wall clock shows in a zone; null for an empty or unreadable text. Of a time that the
 * zone has twice the later is meant, and one that it skips is read an hour on.
 */
export function fromLocalInput(text: string, timeZone: string): number | null {
  if (text === '') return null
  const asUtcMs = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtcMs)) return null
  // The offset belongs to the instant that is sought: one guess, corrected once.
  const guessMs = asUtcMs - zoneOffsetMs(asUtcMs, timeZone)
  return asUtcMs - zoneOffsetMs(guessMs, timeZone)
}

/** How far the wall clock of a zone is ahead of UTC at an instant. */
export function zoneOffsetMs(epochMs: number, timeZone: string): number {
  let formatter = partFormatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    partFormatters.set(timeZone, formatter)
  }
  const parts = new Map(formatter.formatToParts(epochMs).map((part) => [part.type, Number(part.value)]))
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const wallMs = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  )
  return wallMs - Math.floor(epochMs / 1000) * 1000
}
