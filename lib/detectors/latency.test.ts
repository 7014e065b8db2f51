import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DetectorContext } from './detector.ts'
import { BINS, durationAt } from './latency/log-histogram.ts'
import { dropHeldLatency, holdLatency, latency, readLatency } from './latency.ts'
import type { Observation, ObservedCall } from './observation.ts'
import { StateCache } from './state-cache.ts'

const HOUR_MS = 3_600_000
const KEY = { environment: 'prod', agent: 'a', tool: 'grep' }

describe('latency', () => {
  it('has densities that integrate to 1 and never vanish, whatever was seen', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { maxLength: 60 }), (durations) => {
        const { context, see } = setUp()
        for (const [i, ms] of durations.entries()) see(i * 6 * HOUR_MS, ms)
        for (const kind of ['reference', 'recent', 'solo'] as const) {
          const view = readLatency(context, KEY, kind)
          let sum = 0
          for (let bin = 0; bin < BINS; bin++) {
            // Log-uniform within a bin: density times duration is the share of the bin, per unit of log time.
            const middleMs = durationAt(bin + 0.5)
            const share = Math.exp(view.logDensity(middleMs)) * middleMs * Math.log(1.15)
            expect(share).toBeGreaterThan(0)
            sum += share
          }
          expect(sum).toBeCloseTo(1, 6)
        }
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('gives a distribution function that rises within (0, 1) and that quantiles invert', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { maxLength: 60 }),
        (durations) => {
          const { context, see } = setUp()
          for (const [i, ms] of durations.entries()) see(i * 6 * HOUR_MS, ms)
          const view = readLatency(context, KEY, 'reference')
          for (const p of [0.02, 0.25, 0.5, 0.9, 0.98]) expect(view.cdf(view.quantile(p))).toBeCloseTo(p, 3)
          const values = Array.from({ length: BINS }, (_, bin) => view.cdf(durationAt(bin + 0.5)))
          expect(values).toEqual([...values].sort((a, b) => a - b))
          expect(values.every((value) => value > 0 && value < 1)).toBe(true)
        },
      ),
      { seed: 2, numRuns: 50 },
    )
  })

  it('takes a call for normal only after 36 hours, less while the tool is new', () => {
    const { context, see } = setUp()
    for (let hour = 0; hour < 240; hour++) see(hour * HOUR_MS, 100)
    const before = readLatency(context, KEY, 'reference').n
    expect(before).toBeGreaterThan(180)
    for (let hour = 240; hour < 275; hour++) see(hour * HOUR_MS, 900)
    expect(readLatency(context, KEY, 'reference').cdf(500)).toBeGreaterThan(0.95)
    expect(readLatency(context, KEY, 'recent').cdf(500)).toBeLessThan(0.7)
    for (let hour = 275; hour < 300; hour++) see(hour * HOUR_MS, 900)
    expect(readLatency(context, KEY, 'reference').cdf(500)).toBeLessThan(0.95)
  })

  it('learns nothing of what is held, and all of it once the suspicion came to nothing', () => {
    const { context, see } = setUp()
    for (let hour = 0; hour < 240; hour++) see(hour * HOUR_MS, 100)
    holdLatency(context, KEY, 240 * HOUR_MS, 240 * HOUR_MS)
    for (let hour = 240; hour < 480; hour++) see(hour * HOUR_MS, 900)
    expect(readLatency(context, KEY, 'reference').cdf(500)).toBeGreaterThan(0.95)
    holdLatency(context, KEY, null, 480 * HOUR_MS)
    for (let hour = 480; hour < 560; hour++) see(hour * HOUR_MS, 900)
    expect(readLatency(context, KEY, 'reference').cdf(500)).toBeLessThan(0.6)
  })

  it('forgets what was held once it proved to be a slowdown, for one agent as for all', () => {
    for (const agent of ['a', '*']) {
      const { context, see } = setUp()
      for (let hour = 0; hour < 240; hour++) see(hour * HOUR_MS, 100)
      const key = { ...KEY, agent }
      holdLatency(context, key, 240 * HOUR_MS, 240 * HOUR_MS)
      for (let hour = 240; hour < 480; hour++) see(hour * HOUR_MS, 900)
      dropHeldLatency(context, key, 480 * HOUR_MS)
      for (let hour = 480; hour < 560; hour++) see(hour * HOUR_MS, 100)
      const view = readLatency(context, KEY, 'reference')
      expect(view.n).toBeGreaterThan(250)
      expect(view.cdf(500)).toBeGreaterThan(0.95)
    }
  })

  it('counts calls of other agents for a new one until it has calls of its own', () => {
    const { context, see } = setUp()
    for (let hour = 0; hour < 240; hour++) see(hour * HOUR_MS, 100)
    const view = readLatency(context, { ...KEY, agent: 'new' }, 'reference')
    expect(view.n).toBe(0)
    expect(view.cdf(500)).toBeGreaterThan(0.9)
  })

  it('keeps apart the calls that start while no sibling runs', () => {
    const { context, look } = setUp()
    for (let hour = 0; hour < 240; hour++) {
      look(hour * HOUR_MS, [call(0, 100)])
      look(hour * HOUR_MS, [call(0, 700), call(5, 700)])
      look(hour * HOUR_MS, [call(0, 100), call(100, 100)])
    }
    expect(readLatency(context, KEY, 'solo').cdf(300)).toBeGreaterThan(0.95)
    expect(readLatency(context, KEY, 'reference').cdf(300)).toBeLessThan(0.7)
  })

  it('does not learn how long failing or waiting takes', () => {
    const { context, look } = setUp()
    for (let hour = 0; hour < 240; hour++) {
      look(hour * HOUR_MS, [call(0, 100)])
      look(hour * HOUR_MS, [{ ...call(0, 3), outcome: 'error' }])
      look(hour * HOUR_MS, [{ ...call(0, 3), outcome: 'cancelled' }])
    }
    expect(readLatency(context, KEY, 'reference').cdf(30)).toBeLessThan(0.05)
  })

  it('fits 4 kB a tool however long and widely it is watched', () => {
    const { states, see } = setUp()
    for (let hour = 0; hour < 2000; hour++) see(hour * HOUR_MS, 10 ** ((hour % 70) / 10))
    for (const { json } of states.takeChanges().written) expect(json.length).toBeLessThan(4096)
  })
})

function call(startMs: number, durationMs: number): ObservedCall {
  const blank = {
    failed: false,
    effect: 'read',
    resources: [],
    dependsOn: [],
    argsFp: [],
    resultFp: [],
  } as const
  const endMs = startMs + durationMs
  return {
    ...blank,
    callId: 'c',
    attempt: 1,
    seq: 0,
    tool: 'grep',
    startMs,
    endMs,
    durationMs,
    outcome: 'ok',
  }
}

function setUp() {
  const states = new StateCache([], 100)
  const context: DetectorContext = {
    state: (key, create) => states.use(key, create),
    peek: (key) => states.peek(key),
    raise: () => undefined,
    recover: () => undefined,
    isOpen: () => false,
    sensitivity: { extraNats: 0 },
  }
  const look = (nowMs: number, calls: readonly ObservedCall[]) =>
    latency.observe({ environment: 'prod', agent: 'a', nowMs, calls } as unknown as Observation, context)
  const see = (nowMs: number, durationMs: number) => look(nowMs, [call(0, durationMs)])
  return { states, context, look, see }
}
