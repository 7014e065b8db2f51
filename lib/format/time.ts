import { formatDuration } from './duration.ts'

const DAY_MS = 86_400_000
const formatters = new Map<string, Intl.DateTimeFormat>()

function partsOf(epochMs: number, timeZone: string): Record<string, string> {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      weekday: 'short',
    })
    formatters.set(timeZone, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(epochMs).map((part) => [part.type, part.value]))
}

/** `03:12:09` in the given IANA zone. */
export function formatClock(epochMs: number, timeZone: string): string {
  const { hour, minute, second } = partsOf(epochMs, timeZone)
  return `${hour}:${minute}:${second}`
}

/** `03:12`, for axes. */
export function formatHourMinute(epochMs: number, timeZone: string): string {
  const { hour, minute } = partsOf(epochMs, timeZone)
  return `${hour}:${minute}`
}

/** `20 Nov`; with the year where it is not the year of `nowMs`. */
export function formatDay(epochMs: number, timeZone: string, nowMs: number): string {
  const { day, month, year } = partsOf(epochMs, timeZone)
  const short = `${day} ${monthOf(month)}`
  return year === partsOf(nowMs, timeZone).year ? short : `${short} ${year}`
}

/** `20 Nov 03:12:09.852`: date and time to the millisecond. */
export function formatDateTime(epochMs: number, timeZone: string, nowMs: number): string {
  const { fractionalSecond } = partsOf(epochMs, timeZone)
  return `${formatDay(epochMs, timeZone, nowMs)} ${formatClock(epochMs, timeZone)}.${fractionalSecond}`
}

/** As long as it must be: the clock within the day of `nowMs`, else day and clock. */
export function formatMoment(epochMs: number, timeZone: string, nowMs: number): string {
  const clock = formatClock(epochMs, timeZone)
  return isSameDay(epochMs, nowMs, timeZone) ? clock : `${formatDay(epochMs, timeZone, nowMs)} ${clock}`
}

export function isSameDay(aMs: number, bMs: number, timeZone: string): boolean {
  if (Math.abs(aMs - bMs) >= DAY_MS + 2 * 3_600_000) return false
  const a = partsOf(aMs, timeZone)
  const b = partsOf(bMs, timeZone)
  return a.day === b.day && a.month === b.month && a.year === b.year
}

/** `2026-11-20T02:12:09.852Z`, the form that pastes anywhere. */
export function formatIsoUtc(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** `CET`, `UTC`, `GMT+5:30`: the zone as a viewer knows it, at that instant. */
export function formatZoneName(epochMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(epochMs)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}

/** `just now`, `9 s ago`, `34 min ago`: whole units, because an age moves while it is read. */
export function formatAge(ageMs: number): string {
  return ageMs < 1000 ? 'just now' : `${formatWhole(ageMs)} ago`
}

/** A span in its largest whole unit: `9 s`, `34 min`, `2 h`, `3 d`. */
export function formatWhole(spanMs: number): string {
  if (spanMs < 60_000) return `${Math.floor(spanMs / 1000)} s`
  if (spanMs < 3_600_000) return `${Math.floor(spanMs / 60_000)} min`
  if (spanMs < 2 * DAY_MS) return `${Math.floor(spanMs / 3_600_000)} h`
  return `${Math.floor(spanMs / DAY_MS)} d`
}

/** The step of a time axis in words: `4 min`, `1 h`, `1 d`. */
export function formatStep(stepMs: number): string {
  const units = [
    ['d', DAY_MS],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const
  for (const [unit, unitMs] of units) {
    if (stepMs >= unitMs && stepMs % unitMs === 0) return `${stepMs / unitMs} ${unit}`
  }
  return formatDuration(stepMs)
}

// CLDR writes September as "Sept" in British English, the only month of four letters.
function monthOf(month: string | undefined): string {
  return (month ?? '').slice(0, 3)
}

const RANGE_WORDS: Record<string, string> = { m: 'min', h: 'h', d: 'd' }

/** `6h` of an address as a person says it: `6 h`; null when it is not a range. */
export function formatRange(range: string): string | null {
  const match = /^(\d+)([mhd])$/.exec(range)
  return match?.[1] && match[2] ? `${match[1]} ${RANGE_WORDS[match[2]]}` : null
}

/** An absolute window: `20 Nov 02:00 to 03:15`, `since 20 Nov 02:00`; the day is said again only when it changes. */
export function formatWindow(
  fromMs: number | null,
  toMs: number | null,
  timeZone: string,
  nowMs: number,
): string {
  const moment = (ms: number) => `${formatDay(ms, timeZone, nowMs)} ${formatHourMinute(ms, timeZone)}`
  if (fromMs === null) return toMs === null ? 'all time' : `until ${moment(toMs)}`
  if (toMs === null) return `since ${moment(fromMs)}`
  const end = isSameDay(fromMs, toMs, timeZone) ? formatHourMinute(toMs, timeZone) : moment(toMs)
  return `${moment(fromMs)} to ${end}`
}
