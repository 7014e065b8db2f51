/*
 * When a message that was not taken is tried again: the schedule that the Standard Webhooks specification
 * recommends (soon at first, then ever more patiently, for about two days).
 */
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DELAYS_MS = [
  5_000,
  30_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
] as const
/** Spreads what failed together. */
const JITTER_SHARE = 0.2

/**
 * How long to wait after the `attempts`-th failed attempt (from 1); null = give up. `draw` in [0, 1) spreads it.
 * A receiver that asks for more patience is given it.
 */
export function backoffMs(attempts: number, draw: number, retryAfterMs: number | null): number | null {
  const delayMs = DELAYS_MS[attempts - 1]
  if (delayMs === undefined) return null
  return Math.max(delayMs * (1 + JITTER_SHARE * draw), Math.min(retryAfterMs ?? 0, HOUR_MS))
}
