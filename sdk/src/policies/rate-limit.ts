import { read, toInt } from '../guard.ts'
import type { RateLimit, RateLimitOptions } from './types.ts'

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && Number.isFinite(value)

/**
 * See `rateLimit` of the entry. The generic cell rate algorithm (ATM Forum TM 4.0, virtual scheduling): `due` is when the source would be
 * idle again if every call took an equal share of the time.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { calls, perMs = 1_000 } = options
  if (!isPositive(calls) || !isPositive(perMs)) throw new RangeError('calls and perMs must be above 0')
  const shareMs = perMs / calls
  const burst = toInt(read(options, 'burst'), 1) ?? Math.max(1, Math.floor(calls))
  const slackMs = (burst - 1) * shareMs
  let due = Number.NEGATIVE_INFINITY
  return {
    waitMs: (nowMs) => Math.max(0, due - slackMs - nowMs),
    take(nowMs) {
      due = Math.max(due, nowMs) + shareMs
    },
  }
}
