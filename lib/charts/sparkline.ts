import type { TimeSpan } from './time-axis.ts'

/** A value of one bin; null where nothing was measured. */
export interface SparkPoint extends TimeSpan {
  readonly value: number | null
}

/** A place in a unit square, y downwards. */
export interface UnitPoint {
  readonly x: number
  readonly y: number
}

/** Points that stand beside each other without a gap. */
export type UnitRun = readonly UnitPoint[]

/** How the vertical axis is chosen: it spans at least `minSpan`, so that noise does not look like change. */
export interface SparkDomain {
  readonly floor: number
  readonly ceiling?: number
  readonly minSpan: number
  /** The axis starts at the floor instead of at the smallest value. */
  readonly fromFloor?: boolean
}

export interface Sparkline {
  readonly now: readonly UnitRun[]
  readonly before: readonly UnitRun[]
  /** The last measured value of `now`; null when there is none. */
  readonly end: UnitPoint | null
}

/**
 * Two series over one span as runs in a unit square: a point in the middle of its bin, a gap wherever a bin
 * has no value. `before` is already shifted onto the span.
 */
export function prepareSparkline(
  now: readonly SparkPoint[],
  before: readonly SparkPoint[],
  span: TimeSpan,
  domain: SparkDomain,
): Sparkline {
  const [low, high] = boundsOf([...now, ...before], domain)
  const lengthMs = span.toMs - span.fromMs
  const place = (point: SparkPoint, value: number): UnitPoint => ({
    x: lengthMs > 0 ? clampUnit(((point.fromMs + point.toMs) / 2 - span.fromMs) / lengthMs) : 0.5,
    y: 1 - (value - low) / (high - low),
  })
  const runs = runsOf(now, place)
  return { now: runs, before: runsOf(before, place), end: runs.at(-1)?.at(-1) ?? null }
}

/** The bins of the week before may reach a little over the span at its ends. */
function clampUnit(x: number): number {
  return Math.min(1, Math.max(0, x))
}

function runsOf(
  points: readonly SparkPoint[],
  place: (point: SparkPoint, value: number) => UnitPoint,
): UnitRun[] {
  const runs: UnitPoint[][] = []
  let open: UnitPoint[] | null = null
  for (const point of points) {
    if (point.value === null) {
      open = null
      continue
    }
    if (open === null) {
      open = []
      runs.push(open)
    }
    open.push(place(point, point.value))
  }
  return runs
}

function boundsOf(points: readonly SparkPoint[], domain: SparkDomain): readonly [number, number] {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const ceiling = domain.ceiling ?? Number.POSITIVE_INFINITY
  const min = domain.fromFloor || values.length === 0 ? domain.floor : Math.min(...values)
  const max = Math.max(min, ...values)
  const spare = Math.max(0, domain.minSpan - (max - min)) / 2
  // What the floor or the ceiling cuts off is given to the other side.
  const low = Math.max(domain.floor, Math.min(min - spare, ceiling - domain.minSpan))
  const high = Math.min(ceiling, Math.max(max + spare, low + domain.minSpan))
  return [low, high]
}
