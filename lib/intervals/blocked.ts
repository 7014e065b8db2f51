import type { Times } from './times.ts'

/**
 * Blocked time of each call, by index, µs: how much earlier the batch would have ended had the call taken
 * no time, at least.
 *
 *     a ├──────┤        b is blocked for the stretch marked ×: from the latest end
 *     b    ├───××××┤    of the others, or from its own start when that is later.
 *
 * Null for a call without times, and for all when fewer than two ran. O(n).
 */
export function computeBlockedUs(calls: readonly Times[]): (number | null)[] {
  let ran = 0
  let lastEndUs = Number.NEGATIVE_INFINITY
  let secondEndUs = Number.NEGATIVE_INFINITY
  let last = -1
  for (const [index, call] of calls.entries()) {
    const endUs = endOf(call)
    if (endUs === null) continue
    ran++
    if (endUs > lastEndUs) {
      secondEndUs = lastEndUs
      lastEndUs = endUs
      last = index
    } else if (endUs > secondEndUs) {
      secondEndUs = endUs
    }
  }
  return calls.map((call, index) => {
    if (ran < 2 || call.startUs === null) return null
    const othersEndUs = index === last ? secondEndUs : lastEndUs
    return Math.max(0, lastEndUs - Math.max(call.startUs, othersEndUs))
  })
}

function endOf({ startUs, durationUs }: Times): number | null {
  return startUs === null || durationUs === null ? null : startUs + durationUs
}
