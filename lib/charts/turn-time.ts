import type { Overview } from '#lib/contract/reads.ts'
import { endOfBin, type TimeSpan } from './time-axis.ts'
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
 * so a merged bar is exact. Merged bars end with the last bin, because that is the one that is read. A bin of
 * which the window leaves less than half goes to its neighbour. `asOfMs` is the time of the answer.
 */
export function prepareTurnTime(bins: readonly SeriesBin[], maxBars: number, asOfMs: number): TurnTimeModel {
  const series = bins.map((bin) => ({ ...bin, to: endOfBin(bin, asOfMs) }))
  const group = GROUPS.find((size) => series.length / size <= maxBars) ?? Math.ceil(series.length / maxBars)
  const groups: SeriesBin[][] = []
  for (let end = series.length; end > 0; end -= group)
    groups.unshift(series.slice(Math.max(0, end - group), end))
  const bars = joinSlivers(groups).map(mergeBins)
  const tallest = Math.max(0, ...bars.map((bar) => bar.totalMs ?? 0))
  const latest = bars.findLast((bar) => bar.means !== null) ?? null
  return {
    bars,
    axis: prepareDurationAxis(tallest, MAX_STEPS),
    stepMs: Math.max(0, ...groups.map(lengthOf)),
    latest,
  }
}

const MAX_STEPS = 5

function lengthOf(bins: readonly SeriesBin[]): number {
  return (bins.at(-1)?.to ?? 0) - (bins[0]?.from ?? 0)
}

/** The groups with a short first or last one joined to the one beside it. */
function joinSlivers(groups: readonly SeriesBin[][]): SeriesBin[][] {
  const fullMs = Math.max(0, ...groups.map(lengthOf))
  const isSliver = (bins: readonly SeriesBin[]) => lengthOf(bins) < fullMs / 2
  const joined = [...groups]
  const [first, second] = joined
  if (first && second && isSliver(first)) joined.splice(0, 2, [...first, ...second])
  const [last, before] = [joined.at(-1), joined.at(-2)]
  if (last && before && isSliver(last)) joined.splice(-2, 2, [...before, ...last])
  return joined
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
