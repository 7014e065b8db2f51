import { groupDigits } from '#lib/format/duration.ts'

export interface ValueTick {
  readonly value: number
  readonly label: string
}

/** An axis from 0 to `max`, which is the last tick. */
export interface ValueAxis {
  readonly max: number
  readonly ticks: readonly ValueTick[]
}

const MANTISSAS = [1, 2, 5, 10] as const

/** One unit for a whole axis; a longer span than `belowMs` goes to the next. */
const UNITS = [
  { name: '\u00b5s', ms: 0.001, belowMs: 1 },
  { name: 'ms', ms: 1, belowMs: 1000 },
  { name: 's', ms: 1000, belowMs: 120_000 },
  { name: 'min', ms: 60_000, belowMs: 7_200_000 },
  { name: 'h', ms: 3_600_000, belowMs: Number.POSITIVE_INFINITY },
] as const

/**
 * An axis of durations that holds every value up to `maxMs`: steps of 1, 2 or 5 times a power of ten in one
 * unit, at most `maxSteps` of them, zero included. Without a value above zero it spans 1 ms.
 */
export function prepareDurationAxis(maxMs: number, maxSteps = 4): ValueAxis {
  const spanMs = maxMs > 0 && Number.isFinite(maxMs) ? maxMs : 1
  const unit = UNITS.find((candidate) => spanMs < candidate.belowMs) ?? UNITS[4]
  const axis = prepareAxis(spanMs / unit.ms, maxSteps)
  return {
    max: axis.max * unit.ms,
    ticks: axis.ticks.map(({ value, label }) => ({
      value: value * unit.ms,
      label: value === 0 ? '0' : `${label} ${unit.name}`,
    })),
  }
}

/** The same for numbers without a unit. */
export function prepareAxis(max: number, maxSteps = 4): ValueAxis {
  const span = max > 0 && Number.isFinite(max) ? max : 1
  const step = stepFor(span, maxSteps)
  // A value on the last tick needs no further step; rounding must not ask for one either.
  const steps = Math.max(1, Math.ceil(span / step - 1e-9))
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const ticks = Array.from({ length: steps + 1 }, (_, index) => {
    const value = index * step
    return { value, label: decimals === 0 ? groupDigits(value) : value.toFixed(decimals) }
  })
  return { max: steps * step, ticks }
}

function stepFor(span: number, maxSteps: number): number {
  const power = 10 ** Math.floor(Math.log10(span / maxSteps))
  const mantissa = MANTISSAS.find((candidate) => candidate * power * maxSteps >= span * (1 - 1e-9)) ?? 10
  return mantissa * power
}
