import { GRAIN_US, type Grain, HOURS_PER_DAY } from '#lib/stats/marginals.ts'
import type { UsWindow } from './filter.ts'

/** A half-open run of whole hours or days since the epoch; a null bound is open. */
export interface Stretch {
  readonly grain: Grain
  readonly from: number | null
  readonly to: number | null
}

/** How a window divides into what is kept as aggregates and what must come from the log. */
export interface Coverage {
  readonly stretches: readonly Stretch[]
  /** Less than an hour each; a window without a whole hour is one edge of less than two. */
  readonly edges: readonly UsWindow[]
}

const HOUR_US = GRAIN_US.hour

/**
 * Divides a window into whole days, the whole hours around them and the open edges:
 *
 *     window      ├──────────────────────────┤
 *     days              ├─────┼─────┤
 *     hours          ├┼┼┤           ├┼┼┼┼┼┼┤
 *     edges       ├──┤                     ├─┤
 *
 * With `coarsest` an hour there are no days in it.
 */
export function coverWindow({ fromUs, toUs }: UsWindow, coarsest: Grain): Coverage {
  const fromHour = fromUs === null ? null : Math.ceil(fromUs / HOUR_US)
  const toHour = toUs === null ? null : Math.floor(toUs / HOUR_US)
  if (fromHour !== null && toHour !== null && fromHour >= toHour) {
    return { stretches: [], edges: isEmpty(fromUs, toUs) ? [] : [{ fromUs, toUs }] }
  }
  const edges: UsWindow[] = []
  if (fromHour !== null) edges.push({ fromUs, toUs: fromHour * HOUR_US })
  if (toHour !== null) edges.push({ fromUs: toHour * HOUR_US, toUs })
  return {
    stretches: coverHours(fromHour, toHour, coarsest),
    edges: edges.filter((edge) => !isEmpty(edge.fromUs, edge.toUs)),
  }
}

function coverHours(fromHour: number | null, toHour: number | null, coarsest: Grain): Stretch[] {
  const hours = (from: number | null, to: number | null): Stretch => ({ grain: 'hour', from, to })
  if (coarsest === 'hour') return [hours(fromHour, toHour)]
  const fromDay = fromHour === null ? null : Math.ceil(fromHour / HOURS_PER_DAY)
  const toDay = toHour === null ? null : Math.floor(toHour / HOURS_PER_DAY)
  if (fromDay !== null && toDay !== null && fromDay >= toDay) return [hours(fromHour, toHour)]
  const stretches: Stretch[] = [{ grain: 'day', from: fromDay, to: toDay }]
  if (fromDay !== null) stretches.push(hours(fromHour, fromDay * HOURS_PER_DAY))
  if (toDay !== null) stretches.push(hours(toDay * HOURS_PER_DAY, toHour))
  return stretches.filter(({ from, to }) => !isEmpty(from, to))
}

/** The window widened to whole hours, for when its edges hold too much to be read. */
export function widenToHours({ fromUs, toUs }: UsWindow): UsWindow {
  return { fromUs: roundToHour(fromUs, Math.floor), toUs: roundToHour(toUs, Math.ceil) }
}

/** The whole hours nearest to a window. */
export function nearestHours({ fromUs, toUs }: UsWindow): UsWindow {
  return { fromUs: roundToHour(fromUs, Math.round), toUs: roundToHour(toUs, Math.round) }
}

function roundToHour(us: number | null, round: (hours: number) => number): number | null {
  return us === null ? null : round(us / HOUR_US) * HOUR_US
}

function isEmpty(from: number | null, to: number | null): boolean {
  return from !== null && to !== null && from >= to
}
