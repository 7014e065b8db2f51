import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLatencyShape } from '../latency/latency-shape.ts'
import { LatencyView } from '../latency/latency-view.ts'
import { addToHistogram, BINS, createLogHistogram } from '../latency/log-histogram.ts'
import { noteApart, noteBeside, usualRate } from './failing.ts'
import { countBeside, countCall } from './shares.ts'
import { ratioAt, SHIFTS } from './timing.ts'
import {
  createToolState,
  type Excursion,
  FAILURE_ALTERNATIVES,
  type PairState,
  pairOf,
  type ToolState,
} from './tool-state.ts'

/** Rounding of what is kept. */
const ROUNDING = 2e-3

interface Past {
  readonly share: number
  readonly besideN: number
  readonly besideX: number
  readonly apartX: number
  readonly weight: number
}

const past: fc.Arbitrary<Past> = fc.record({
  share: fc.double({ min: 0.02, max: 0.95, noNaN: true }),
  besideN: fc.integer({ min: 20, max: 2000 }),
  besideX: fc.integer({ min: 0, max: 20 }),
  apartX: fc.integer({ min: 0, max: 60 }),
  weight: fc.constantFrom(1, 0.5, 0.1),
})

/** A tool amid an excursion far enough from 0 that nothing is cut off. */
function stateAfter({ share, besideN, besideX, apartX }: Past): { tool: ToolState; pair: PairState } {
  const tool = createToolState()
  tool.calls = 4000
  tool.failures = besideX + apartX
  tool.rate = { n: 1000, x: (besideX + apartX) / 4 }
  const pair = pairOf(tool, 'sibling')
  const excursion = (): Excursion => ({
    onsetMs: 0,
    change: 100,
    contrast: 100,
    n: 0,
    x: 0,
    fromCalls: 3900,
    fromFailures: 0,
  })
  Object.assign(pair, {
    fast: share,
    slow: share,
    normal: { n: besideN, x: besideX, pendingN: 0, pendingX: 0 },
  })
  pair.failing = Array.from({ length: FAILURE_ALTERNATIVES }, excursion)
  return { tool, pair }
}

/** How the sums change by one more call. */
function step(history: Past, beside: boolean, failed: boolean): Excursion[] {
  const { tool, pair } = stateAfter(history)
  const note = { failed, weight: history.weight, atMs: 1 }
  countCall(tool, { failed, score: null })
  if (beside) noteBeside(tool, countBeside(tool, 'sibling', { failed, score: null }), note)
  else noteApart(tool, pair, note)
  return pair.failing.map((excursion) => {
    if (excursion === null) throw new Error('cut off')
    return { ...excursion, change: excursion.change - 100, contrast: excursion.contrast - 100 }
  })
}

describe('evidence for failing beside a sibling', () => {
  it('has an expected likelihood ratio of at most 1 while the rate is what it was', () => {
    fc.assert(
      fc.property(past, (history) => {
        const { tool, pair } = stateAfter(history)
        const usual = usualRate(tool, pair)
        const failed = step(history, true, true)
        const ok = step(history, true, false)
        for (let k = 0; k < FAILURE_ALTERNATIVES; k++) {
          const expected =
            usual * Math.exp(failed[k]?.change ?? 0) + (1 - usual) * Math.exp(ok[k]?.change ?? 0)
          expect(expected).toBeLessThan(1 + ROUNDING)
        }
      }),
    )
  })

  it('has an expected likelihood ratio of at most 1 while calls fail as often apart, whatever their rate', () => {
    fc.assert(
      fc.property(past, fc.double({ min: 0, max: 1, noNaN: true }), (history, rate) => {
        const { share } = history
        const outcomes = [
          { chance: share * rate, sums: step(history, true, true) },
          { chance: share * (1 - rate), sums: step(history, true, false) },
          { chance: (1 - share) * rate, sums: step(history, false, true) },
          { chance: (1 - share) * (1 - rate), sums: step(history, false, false) },
        ]
        for (let k = 0; k < FAILURE_ALTERNATIVES; k++) {
          const expected = outcomes.reduce(
            (sum, { chance, sums }) => sum + chance * Math.exp(sums[k]?.contrast ?? 0),
            0,
          )
          expect(expected).toBeLessThan(1 + ROUNDING)
        }
      }),
    )
  })
})

describe('evidence for taking longer beside a sibling', () => {
  it('has an expected likelihood ratio of at most 1 while durations are what they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: BINS - 1 }), { minLength: 1, maxLength: 300 }),
        (bins) => {
          const histogram = createLogHistogram()
          for (const bin of bins) addToHistogram(histogram, bin)
          const { logs } = createLatencyShape(new LatencyView(histogram, null))
          for (const shift of SHIFTS) {
            const expected = logs.reduce(
              (sum, log, bin) => sum + Math.exp(log / 100 + ratioAt(logs, bin, shift)),
              0,
            )
            // Each log is rounded to hundredths.
            expect(expected).toBeLessThan(1.01)
          }
        },
      ),
    )
  })
})
