import { computeConcurrency } from '#lib/intervals/concurrency.ts'
import type { Steps } from './model.ts'
import type { Scale } from './scale.ts'

/*
 * How many calls were in flight, as a step function.
 *
 * - The level is zero outside the first step and the last.
 * - A column of the reduced form holds the highest level of its stretch, so that no peak is lost.
 */

export interface Stretch {
  readonly startUs: number
  readonly endUs: number
}

/** Stretches of no length are in flight for no time and leave no step. */
export function prepareSteps(stretches: readonly Stretch[]): Steps {
  const steps = computeConcurrency(
    stretches.map(({ startUs, endUs }) => ({ startUs, durationUs: Math.max(0, endUs - startUs) })),
  )
  return {
    atUs: steps.map((step) => step.atUs),
    level: steps.map((step) => step.inFlight),
    peak: steps.reduce((peak, step) => Math.max(peak, step.inFlight), 0),
  }
}

export function levelAt(steps: Steps, us: number): number {
  return steps.level[indexAt(steps.atUs, us)] ?? 0
}

/** The mean level from the first step to the last; null when there is none. */
export function meanLevel(steps: Steps): number | null {
  const first = steps.atUs[0]
  const last = steps.atUs.at(-1)
  if (first === undefined || last === undefined || last <= first) return null
  let area = 0
  for (let i = 0; i + 1 < steps.atUs.length; i++) {
    area += (steps.level[i] ?? 0) * ((steps.atUs[i + 1] ?? 0) - (steps.atUs[i] ?? 0))
  }
  return area / (last - first)
}

/**
 * The steps that a plot can show: one level for each px column, the highest within it. Linear in the
 * columns plus the steps inside the window. `into` is reused from frame to frame.
 */
export function columnLevels(steps: Steps, scale: Scale, into: Float64Array): Float64Array {
  const { atUs, level } = steps
  const { fromUs } = scale.window
  let i = indexAt(atUs, fromUs)
  for (let column = 0; column < into.length; column++) {
    const untilUs = fromUs + (column + 1) * scale.usPerPx
    let highest = level[i] ?? 0
    while (i + 1 < atUs.length && (atUs[i + 1] ?? 0) < untilUs) {
      i++
      highest = Math.max(highest, level[i] ?? 0)
    }
    into[column] = highest
  }
  return into
}

/** Index of the last step at or before `us`; -1 before the first. */
function indexAt(atUs: readonly number[], us: number): number {
  let low = 0
  let high = atUs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((atUs[middle] ?? 0) <= us) low = middle + 1
    else high = middle
  }
  return low - 1
}
