import { formatFixed } from './fixed.ts'
import type { TimeWindow } from './model.ts'
import { createScale, toX } from './scale.ts'

/*
 * The time axis.
 *
 * - Steps are 1, 2, 2.5 or 5 times a power of ten.
 * - Two ticks are never closer than the least gap, and the next finer step would be.
 * - Every tick lies inside the window, at a whole multiple of the step; zero is one whenever it is inside.
 * - No two labels are the same.
 */

export interface Tick {
  readonly us: number
  readonly x: number
  /** Null for a tick between two labelled ones. */
  readonly label: string | null
}

export interface Axis {
  readonly stepUs: number
  readonly ticks: readonly Tick[]
}

/** The axis of a batch in which nothing ran. */
export const NO_AXIS: Axis = { stepUs: 0, ticks: [] }

const MANTISSAS = [1, 2, 2.5, 5, 10] as const
/** A label in 11 px mono, and the air that keeps a row of them calm. */
const LABEL_CHAR_PX = 6.7
const LABEL_AIR_PX = 36
const LABEL_EVERY = [1, 2, 4, 10] as const

export function prepareAxis(window: TimeWindow, widthPx: number, minGapPx = 60): Axis {
  const scale = createScale(window, widthPx)
  const stepUs = stepAbove(minGapPx * scale.usPerPx)
  const first = Math.ceil(window.fromUs / stepUs - 1e-9)
  const count = Math.floor(window.toUs / stepUs + 1e-9) - first
  const largestUs = Math.max(Math.abs(window.fromUs), Math.abs(window.toUs))
  const { every, label } = sparsestNeeded(stepUs, stepUs / scale.usPerPx, largestUs)
  const ticks: Tick[] = []
  // Counted, because far from zero a number no longer changes when one is added to it.
  for (let k = 0; k <= count; k++) {
    const i = first + k
    const us = i * stepUs
    const x = Math.min(scale.widthPx, Math.max(0, toX(scale, us)))
    ticks.push({ us, x, label: i % every === 0 ? label(us) : null })
  }
  return { stepUs, ticks }
}

/** The smallest step of the series that is at least `leastUs`. */
export function stepAbove(leastUs: number): number {
  if (!(leastUs > 0) || !Number.isFinite(leastUs)) return 1
  const exponent = Math.floor(Math.log10(leastUs))
  for (const mantissa of MANTISSAS) {
    const step = timesTen(mantissa, exponent)
    if (step >= leastUs) return step
  }
  return timesTen(10, exponent)
}

/** Exact for the decimals at hand: 2.5 * 10 ** -1 would drift. */
function timesTen(mantissa: number, exponent: number): number {
  return exponent < 0 ? mantissa / 10 ** -exponent : mantissa * 10 ** exponent
}

/** Labels as many ticks as there is room for; fewer labels also need fewer decimals. */
function sparsestNeeded(stepUs: number, stepPx: number, largestUs: number) {
  for (const every of LABEL_EVERY) {
    const label = labeller(stepUs * every, largestUs)
    if (stepPx * every >= label(largestUs).length * LABEL_CHAR_PX + LABEL_AIR_PX) return { every, label }
  }
  return { every: 20, label: labeller(stepUs * 20, largestUs) }
}

/** One unit and one number of decimals for the whole axis, so that labels line up and never repeat. */
function labeller(stepUs: number, largestUs: number): (us: number) => string {
  const [unit, unitUs] = unitFor(stepUs, largestUs)
  const decimals = decimalsOf(stepUs / unitUs)
  return (us) => (us === 0 ? '0' : `${formatFixed(us / unitUs, decimals)} ${unit}`)
}

function unitFor(stepUs: number, largestUs: number): readonly [string, number] {
  if (largestUs >= 1e6 && stepUs >= 1e4) return ['s', 1e6]
  return largestUs >= 1e3 ? ['ms', 1e3] : ['µs', 1]
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const scaled = step * 10 ** decimals
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals
  }
  return 6
}
