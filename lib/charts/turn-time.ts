import type { Overview } from '#lib/contract/reads.ts'
import type { TimeSpan } from './time-axis.ts'
import { prepareDurationAxis, type ValueAxis } from './value-axis.ts'

/** The parts of a turn from the bottom of the stack up; together they are the whole turn. */
export const TURN_PARTS = ['model', 'waiting', 'exposed', 'idle'] as const
export type TurnPart = (typeof TURN_PARTS)[number]

export const TURN_PART_WORDS: Record<TurnPart, string> = {
  model: 'model',
  waiting: 'waiting',
  exposed: 'tools',
  idle: 'idle',
}

export type TurnMeans = Readonly<Record<TurnPart, number>>

/** The mean turn of a stretch of time; null means, not zeros, when it had no turn. */
export interface TurnBar extends TimeSpan {
  readonly turns: number
  readonly means: TurnMeans | null
  readonly totalMs: number | null
}

export interface TurnTimeModel {
  readonly bars: readonly TurnBar[]
  readonly axis: ValueAxis
  /** The length of a full bar. */
  readonly stepMs: number
  /** The last bar that has a turn; null when none has. */
  readonly latest: TurnBar | null
}

type SeriesBin = Pick<
  Overview['series'][number],
  'from' | 'to' | 'model_ms' | 'waiting_ms' | 'exposed_ms' | 'idle_ms' | 'turns'
>

/** Bins are merged by these numbers only, so that a bar is a round stretch of time. */
const GROUPS = [1, 2, 3, 4, 6, 8, 12, 24] as const

/**
 * The mean time of a turn, bar by bar. Bins are merged when there are more than `maxBars`: their sums add up,
 * so a merged bar is exact. Merged bars end with the last bin, because that is the one that is read.
 */
export function prepareTurnTime(series: readonly SeriesBin[], maxBars: number): TurnTimeModel {
  const group = GROUPS.find((size) => series.length / size <= maxBars) ?? Math.ceil(series.length / maxBars)
  const bars: TurnBar[] = []
  const first = series.length % group
  if (first > 0) bars.push(mergeBins(series.slice(0, first)))
  for (let index = first; index < series.length; index += group) {
    bars.push(mergeBins(series.slice(index, index + group)))
  }
  const stepMs = Math.max(0, ...bars.map((bar) => bar.toMs - bar.fromMs))
  const tallest = Math.max(0, ...bars.map((bar) => bar.totalMs ?? 0))
  const latest = bars.findLast((bar) => bar.means !== null) ?? null
  return { bars, axis: prepareDurationAxis(tallest), stepMs, latest }
}

function mergeBins(bins: readonly SeriesBin[]): TurnBar {
  const sum = (read: (bin: SeriesBin) => number) => bins.reduce((total, bin) => total + read(bin), 0)
  const turns = sum((bin) => bin.turns)
  const span = { fromMs: bins[0]?.from ?? 0, toMs: bins.at(-1)?.to ?? 0 }
  if (turns === 0) return { ...span, turns, means: null, totalMs: null }
  const means: TurnMeans = {
    model: sum((bin) => bin.model_ms) / turns,
    waiting: sum((bin) => bin.waiting_ms) / turns,
    exposed: sum((bin) => bin.exposed_ms) / turns,
    idle: sum((bin) => bin.idle_ms) / turns,
  }
  return { ...span, turns, means, totalMs: means.model + means.waiting + means.exposed + means.idle }
}

/** A label beside the last bar: where the middle of its part is, from 0 at the bottom to the axis' max. */
export interface TurnLabel {
  readonly part: TurnPart
  readonly ms: number
  readonly middleMs: number
}

/** The parts of a bar with the middle of each, for labels that stand beside the stack. */
export function labelParts(means: TurnMeans): TurnLabel[] {
  let bottomMs = 0
  return TURN_PARTS.map((part) => {
    const middleMs = bottomMs + means[part] / 2
    bottomMs += means[part]
    return { part, ms: means[part], middleMs }
  })
}
