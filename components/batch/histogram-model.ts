import type { BatchHistogram } from '#lib/contract/reads.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatDay, formatHourMinute, formatStep } from '#lib/format/time.ts'
import { zoneOffsetMs } from '#lib/format/wall-clock.ts'

export type HistogramBin = BatchHistogram['bins'][number]

/** The stretch of time that the histogram draws; half-open, epoch ms. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TICK_STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
] as const

/**
 * What the axis spans: the window asked for where it is bounded, the data where it is open, in whole bins so
 * that no bar is cut. Null when there is neither.
 */
export function spanOf(
  { bins, step_ms: stepMs }: BatchHistogram,
  window: { fromMs: number | null; toMs: number | null },
  nowMs: number,
): TimeSpan | null {
  const first = bins[0]
  const last = bins.at(-1)
  const fromMs = window.fromMs ?? first?.from
  const toMs = window.toMs ?? Math.max(last?.to ?? 0, Math.min(nowMs, (last?.to ?? nowMs) + stepMs))
  if (fromMs === undefined || !(toMs > fromMs)) return null
  return { fromMs: Math.min(fromMs, first?.from ?? fromMs), toMs: Math.max(toMs, last?.to ?? toMs) }
}

export interface TimeTick {
  readonly atMs: number
  readonly label: string
}

/** Round times of the zone, at most `maxTicks` of them; a midnight is named by its day. */
export function timeTicks(span: TimeSpan, timeZone: string, maxTicks: number): TimeTick[] {
  const lengthMs = span.toMs - span.fromMs
  const stepMs = TICK_STEPS.find((step) => lengthMs / step <= maxTicks) ?? lengthMs
  const offsetMs = zoneOffsetMs(span.fromMs, timeZone)
  const ticks: TimeTick[] = []
  for (
    let atMs = Math.ceil((span.fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
    atMs < span.toMs;
    atMs += stepMs
  ) {
    const isMidnight = (atMs + offsetMs) % DAY === 0
    const label = isMidnight ? formatDay(atMs, timeZone, span.toMs) : formatHourMinute(atMs, timeZone)
    ticks.push({ atMs, label })
  }
  return ticks
}

/** Bins touched by a drag between two times, as the window that zooming to them means. */
export function snapToBins(aMs: number, bMs: number, stepMs: number, span: TimeSpan): TimeSpan {
  const lowMs = Math.min(aMs, bMs)
  const highMs = Math.max(aMs, bMs)
  return {
    fromMs: Math.max(Math.floor(lowMs / stepMs) * stepMs, Math.floor(span.fromMs)),
    toMs: Math.min((Math.floor(highMs / stepMs) + 1) * stepMs, Math.ceil(span.toMs)),
  }
}

/** `batches per 4 min, peak 212; red: with an error or a timeout`. */
export function describeHistogram({ bins, step_ms: stepMs }: BatchHistogram): string {
  const peak = Math.max(0, ...bins.map((bin) => bin.batches))
  const hasFailing = bins.some((bin) => bin.failing > 0)
  const failing = hasFailing ? '; red: with an error or a timeout' : ''
  return `batches per ${formatStep(stepMs)}, peak ${formatCount(peak)}${failing}`
}
