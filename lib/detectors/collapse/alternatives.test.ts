import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ALTERNATIVES, logRatios, mix } from './alternatives.ts'
import type { NullRates } from './rates.ts'

const rate = fc.record({
  real: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
  chance: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
})
const nullRates = fc.record({
  start: rate,
  second: rate,
  late: rate,
  cut: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
})
/** How often each of some tools comes in a split step, and alone. */
const tools = fc
  .array(
    fc.record({
      split: fc.double({ min: 0.01, max: 1, noNaN: true }),
      alone: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((list) => {
    const split = list.reduce((sum, tool) => sum + tool.split, 0)
    const alone = list.reduce((sum, tool) => sum + tool.alone, 0)
    return list.map((tool) => ({ split: tool.split / split, alone: tool.alone / alone }))
  })

type Tools = readonly { readonly split: number; readonly alone: number }[]

/** Mean of exp(l), by alternative, over what an agent does that is well and emits at these rates. */
function meanLikelihoodRatios(
  p0: NullRates,
  list: Tools,
  says: readonly ('start' | 'late' | 'split')[],
): number[] {
  const sums = ALTERNATIVES.map(() => 0)
  let total = 0
  const add = (probability: number, ratios: readonly number[]) => {
    total += probability
    for (const [k, ratio] of ratios.entries()) sums[k] = (sums[k] ?? 0) + probability * Math.exp(ratio)
  }
  let real = 0
  for (const say of says) {
    const of = say === 'start' ? p0.start : say === 'late' ? p0.late : p0.second
    real += of.real
    for (const { split, alone } of list)
      add(of.real * split + of.chance * alone, logRatios(say, split / alone, p0))
  }
  add(1 - real, logRatios('joint', 1, p0))
  return sums.map((sum) => sum / total)
}

it('has a mean likelihood ratio of at most 1 while nothing changes, at any rates and tools', () => {
  fc.assert(
    fc.property(nullRates, tools, (p0, list) => {
      const any = meanLikelihoodRatios(p0, list, ['start', 'late'])
      const split = meanLikelihoodRatios(p0, list, ['split'])
      for (const [k, { way }] of ALTERNATIVES.entries()) {
        if (way === 'any') expect(any[k]).toBeLessThanOrEqual(1 + 1e-9)
        if (way === 'split') expect(split[k]).toBeLessThanOrEqual(1 + 1e-9)
      }
    }),
    { seed: 1 },
  )
})

it('keeps that promise where the rates are believed to be higher than they are', () => {
  fc.assert(
    fc.property(nullRates, tools, fc.double({ min: 0.1, max: 1, noNaN: true }), (p0, list, share) => {
      for (const [k, { way }] of ALTERNATIVES.entries()) {
        if (way === 'cut') continue
        const says = way === 'any' ? (['start', 'late'] as const) : (['split'] as const)
        let mean = 0
        let total = 0
        let real = 0
        for (const say of says) {
          const of = say === 'start' ? p0.start : say === 'late' ? p0.late : p0.second
          real += of.real * share
          for (const { split, alone } of list) {
            const probability = share * (of.real * split + of.chance * alone)
            total += probability
            mean += probability * Math.exp(logRatios(say, split / alone, p0)[k] ?? 0)
          }
        }
        mean += (1 - real) * Math.exp(logRatios('joint', 1, p0)[k] ?? 0)
        expect(mean / (total + 1 - real)).toBeLessThanOrEqual(1 + 1e-9)
      }
    }),
    { seed: 2 },
  )
})

it('has a mean of exactly 1 for what the runtime cuts short', () => {
  fc.assert(
    fc.property(nullRates, (p0) => {
      const joint = logRatios('joint', 1, p0)
      const cut = logRatios('cut', 1, p0)
      for (const [k, { way }] of ALTERNATIVES.entries())
        if (way === 'cut')
          expect(p0.cut * Math.exp(cut[k] ?? 0) + (1 - p0.cut) * Math.exp(joint[k] ?? 0)).toBeCloseTo(1, 9)
    }),
    { seed: 3 },
  )
})

it('mixes alternatives whose weights add up to 1, so that no evidence is no evidence', () => {
  expect(mix(ALTERNATIVES.map(() => 0))).toBeCloseTo(0, 12)
})
