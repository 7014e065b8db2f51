import { GRAIN_US } from '#lib/stats/marginals.ts'

/** A grid of equal steps over time, aligned to the epoch. */
export interface Steps {
  readonly stepUs: number
  /** Position of the first step on the grid, and of the one after the last. */
  readonly first: number
  readonly end: number
}

const SECOND_US = 1_000_000
const MINUTE_US = 60 * SECOND_US
const HOUR_US = GRAIN_US.hour
const DAY_US = GRAIN_US.day

/** Steps that a person reads at a glance. From the hour on each divides a week, so that weeks align. */
const STEPS_US = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_US),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_US),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR_US),
  DAY_US,
  7 * DAY_US,
]

/** The finest grid of at most `maxSteps` steps, none shorter than `minStepUs`, that holds [fromUs, toUs). */
export function chooseSteps(fromUs: number, toUs: number, maxSteps: number, minStepUs = 0): Steps {
  for (const stepUs of STEPS_US) {
    const steps = gridOver(fromUs, toUs, stepUs)
    if (stepUs >= minStepUs && steps.end - steps.first <= maxSteps) return steps
  }
  const weeks = Math.ceil((toUs - fromUs) / (maxSteps - 1) / (7 * DAY_US))
  return gridOver(fromUs, toUs, weeks * 7 * DAY_US)
}

/** The steps of one length that hold [fromUs, toUs), one at least. */
export function gridOver(fromUs: number, toUs: number, stepUs: number): Steps {
  const first = Math.floor(fromUs / stepUs)
  return { stepUs, first, end: Math.max(first + 1, Math.ceil(toUs / stepUs)) }
}

/** True when whole hours never straddle two steps, so that aggregates can be told apart by them. */
export function holdsHours({ stepUs }: Steps): boolean {
  return stepUs % HOUR_US === 0
}

/** The position of an instant on the grid, counted from its first step; those outside count at its ends. */
export function stepOf({ stepUs, first, end }: Steps, atUs: number): number {
  return Math.min(Math.max(Math.floor(atUs / stepUs), first), end - 1) - first
}

/** Describes each step of which a window covers any part, with its bounds clipped to the window, ms. */
export function describeSteps<T>(
  { stepUs, first, end }: Steps,
  window: { readonly fromUs: number | null; readonly toUs: number | null },
  describe: (step: number) => T,
): (T & { from: number; to: number })[] {
  const described: (T & { from: number; to: number })[] = []
  for (let step = 0; step < end - first; step++) {
    const startUs = (first + step) * stepUs
    const fromUs = Math.max(startUs, window.fromUs ?? startUs)
    const toUs = Math.min(startUs + stepUs, window.toUs ?? Number.POSITIVE_INFINITY)
    if (fromUs < toUs) described.push({ from: fromUs / 1000, to: toUs / 1000, ...describe(step) })
  }
  return described
}
