import { formatWhole } from '#lib/format/time.ts'
import { fromLocalInput } from '#lib/format/wall-clock.ts'

const HOUR_MS = 3_600_000

/** How long an alert is to be quiet, as a person chooses it. */
export const SILENCES = ['1h', '4h', '24h', '7d', 'at'] as const
export type SilenceChoice = (typeof SILENCES)[number]

const SPANS_MS: Partial<Record<SilenceChoice, number>> = {
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
}

/** A choice under way; `at` is what a date-and-time field holds. */
export interface SilenceDraft {
  readonly choice: SilenceChoice
  readonly at: string
}

export function describeSilence(choice: SilenceChoice): string {
  const spanMs = SPANS_MS[choice]
  return spanMs === undefined ? 'until\u2026' : formatWhole(spanMs)
}

/** The end of the silence, counted from the press; null when the draft names no time to come. */
export function resolveSilence({ choice, at }: SilenceDraft, zone: string, nowMs: number): number | null {
  const spanMs = SPANS_MS[choice]
  if (spanMs !== undefined) return nowMs + spanMs
  const atMs = fromLocalInput(at, zone)
  return atMs !== null && atMs > nowMs ? atMs : null
}
