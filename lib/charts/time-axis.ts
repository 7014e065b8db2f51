import { formatDay, formatHourMinute } from '#lib/format/time.ts'
import { zoneOffsetMs } from '#lib/format/wall-clock.ts'

/** A stretch of time, half-open, epoch ms. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
}

export interface TimeTick {
  readonly atMs: number
  readonly label: string
}

/** A bin that is under way when it is read ends there: what comes after is not in it. */
export function endOfBin(
  { from, to }: { readonly from: number; readonly to: number },
  asOfMs: number,
): number {
  return asOfMs > from ? Math.min(to, asOfMs) : to
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
] as const

/**
 * Round times on the wall clocks of a zone inside a span, at most `maxTicks` of them. A midnight is named by
 * its day. Each tick takes the offset that holds at its own time, so that a change of the clocks moves none.
 */
export function prepareTimeAxis(span: TimeSpan, timeZone: string, maxTicks: number): TimeTick[] {
  const lengthMs = span.toMs - span.fromMs
  if (!(lengthMs > 0) || maxTicks < 1) return []
  const stepMs = STEPS.find((step) => lengthMs / step <= maxTicks) ?? lengthMs
  const offsetMs = zoneOffsetMs(span.fromMs, timeZone)
  const ticks: TimeTick[] = []
  let localMs = Math.ceil((span.fromMs + offsetMs) / stepMs) * stepMs
  for (let atMs = localMs - offsetMs; atMs < span.toMs; atMs = fromLocal(localMs, offsetMs, timeZone)) {
    const isMidnight = localMs % DAY === 0
    ticks.push({
      atMs,
      label: isMidnight ? formatDay(atMs, timeZone, span.toMs) : formatHourMinute(atMs, timeZone),
    })
    localMs += stepMs
  }
  return ticks
}

/** The instant at which the zone's wall clock reads `localMs`, near enough to `guessOffsetMs`. */
function fromLocal(localMs: number, guessOffsetMs: number, timeZone: string): number {
  return localMs - zoneOffsetMs(localMs - guessOffsetMs, timeZone)
}
