import type { Emission, NullRate, NullRates } from './rates.ts'

/*
 * The ways in which a model or a runtime stops to give several calls a turn, each at several rates, and what an
 * emission says for each against the null rates. Of a step that shows in a certain way with tools that are r
 * times as likely in a split step as alone, the log-likelihood ratio is
 *
 *     log((rate * r + chance) / (real * r + chance))    for a hit
 *     log((1 - rate) / (1 - real))                      for a joint turn
 *
 * and the mean of its exponential over what happens while all is well is 1.
 */
interface Alternative {
  readonly way: 'split' | 'any' | 'cut'
  /** Share of the steps it hits. */
  readonly rate: number
  /** Natural log of its prior weight; the weights add up to 1. */
  readonly logWeight: number
}

/** Steps of which the first call could be compared with the turn before, among those that are hit. */
const COMPARED = 0.7

export const ALTERNATIVES: readonly Alternative[] = [
  { way: 'split', rate: 0.95, logWeight: Math.log(0.3) },
  { way: 'split', rate: 0.6, logWeight: Math.log(0.06) },
  { way: 'split', rate: 0.35, logWeight: Math.log(0.04) },
  { way: 'any', rate: 0.95, logWeight: Math.log(0.41) },
  { way: 'any', rate: 0.6, logWeight: Math.log(0.07) },
  { way: 'any', rate: 0.35, logWeight: Math.log(0.05) },
  { way: 'cut', rate: 0.95, logWeight: Math.log(0.05) },
  { way: 'cut', rate: 0.5, logWeight: Math.log(0.02) },
]

/** What the emission says for each alternative, in nats. */
export function logRatios(emission: Emission, ratio: number, p0: NullRates): number[] {
  return ALTERNATIVES.map((alternative) => logRatio(alternative, emission, ratio, p0))
}

function logRatio({ way, rate }: Alternative, emission: Emission, ratio: number, p0: NullRates): number {
  if (way === 'cut') {
    if (rate < p0.cut * 1.5) return 0
    return emission === 'joint'
      ? Math.log((1 - rate) / (1 - p0.cut))
      : emission === 'cut'
        ? Math.log(rate / p0.cut)
        : 0
  }
  const isSplit = way === 'split'
  const real = isSplit ? p0.second.real : p0.start.real + p0.late.real
  // An alternative close to the null rate would answer another question.
  if (rate < real * 1.5) return 0
  if (emission === 'joint') return Math.log((1 - rate) / (1 - real))
  if (isSplit) return emission === 'split' || emission === 'late' ? hit(rate, ratio, p0.second) : 0
  if (emission === 'start') return hit(rate * COMPARED, ratio, p0.start)
  return emission === 'late' ? hit(rate * (1 - COMPARED), ratio, p0.late) : 0
}

function hit(rate: number, ratio: number, { real, chance }: NullRate): number {
  return Math.log((rate * ratio + chance) / (real * ratio + chance))
}

/** Evidence of all alternatives together: the log of their weighted mean likelihood ratio. */
export function mix(sums: readonly number[]): number {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < sums.length; k++)
    top = Math.max(top, (sums[k] as number) + (ALTERNATIVES[k] as Alternative).logWeight)
  let total = 0
  for (let k = 0; k < sums.length; k++)
    total += Math.exp((sums[k] as number) + (ALTERNATIVES[k] as Alternative).logWeight - top)
  return top + Math.log(total)
}
