import { formatDuration } from '#lib/format/duration.ts'
import { formatPercent } from '#lib/format/number.ts'

/** How a figure moved: an arrow and a size, never a colour. */
export interface Change {
  readonly direction: 'up' | 'down' | 'none'
  /** The size of the difference with its unit; `unchanged` when there is none. */
  readonly text: string
}

/** In percentage points: the difference of two shares of one. */
export function describeShareChange(now: number, before: number): Change {
  const points = Number(((now - before) * 100).toPrecision(3))
  // Two figures that print alike have not changed as far as a reader can see.
  if (formatPercent(now) === formatPercent(before)) return UNCHANGED
  const size = Math.abs(points) < 0.01 ? '<0.01' : String(Number(Math.abs(points).toFixed(2)))
  return { direction: points > 0 ? 'up' : 'down', text: `${size} pp` }
}

export function describeDurationChange(nowMs: number, beforeMs: number): Change {
  if (formatDuration(nowMs) === formatDuration(beforeMs)) return UNCHANGED
  return {
    direction: nowMs > beforeMs ? 'up' : 'down',
    text: formatDuration(Math.abs(nowMs - beforeMs)),
  }
}

const UNCHANGED: Change = { direction: 'none', text: 'unchanged' }
