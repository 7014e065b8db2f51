import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, makeCall } from './batches.test-util.ts'
import { computeTurnTime } from './turn-time.ts'

describe('computeTurnTime', () => {
  it('divides a turn that hands over as the model ends', () => {
    //  model =====|
    //  a          |  ====
    //  b          |        ===
    const calls = [makeCall('a', 2, 4), makeCall('b', 8, 3)]
    expect(computeTurnTime({ calls, modelUs: 5000 })).toEqual({
      modelUs: 5000,
      waitingUs: 4000,
      exposedUs: 7000,
      idleUs: 0,
      totalUs: 16_000,
    })
  })

  it('is idle between the model and the hand-over, and after the last call', () => {
    const calls = [makeCall('a', 2, 4)]
    expect(computeTurnTime({ calls, modelUs: 5000, modelEndUs: -3000, endUs: 10_000 })).toEqual({
      modelUs: 5000,
      waitingUs: 2000,
      exposedUs: 4000,
      idleUs: 7000,
      totalUs: 18_000,
    })
  })

  it('counts tool time only after the model ended', () => {
    const calls = [makeCall('a', -4, 10)]
    expect(computeTurnTime({ calls, modelUs: 5000 })).toMatchObject({
      waitingUs: 0,
      exposedUs: 6000,
      idleUs: 0,
    })
    expect(computeTurnTime({ calls, modelUs: 5000, modelEndUs: 8000 })).toMatchObject({
      exposedUs: 0,
      totalUs: 5000,
    })
  })

  it('knows no total without the time of the model, and nothing without a call that ran', () => {
    expect(computeTurnTime({ calls: [makeCall('a', 0, 1)], modelUs: null })?.totalUs).toBeNull()
    expect(computeTurnTime({ calls: [makeCall('a', null, null)], modelUs: 5 })).toBeNull()
  })

  it('adds up, with no part below 0', () => {
    const instant = fc.integer({ min: -20_000, max: 60_000 })
    fc.assert(
      fc.property(
        batches(),
        fc.nat(9000),
        instant,
        fc.option(instant),
        ({ calls }, modelUs, modelEndUs, endUs) => {
          const time = computeTurnTime({ calls, modelUs, modelEndUs, endUs })
          if (time === null) {
            expect(calls.every((call) => call.startUs === null)).toBe(true)
            return
          }
          expect(modelUs + time.waitingUs + time.exposedUs + time.idleUs).toBe(time.totalUs)
          expect(Math.min(time.waitingUs, time.exposedUs, time.idleUs)).toBeGreaterThanOrEqual(0)
          const lastEndUs = Math.max(...calls.map((call) => (call.startUs ?? -1e9) + (call.durationUs ?? 0)))
          expect(time.totalUs).toBe(
            Math.max(lastEndUs, endUs ?? modelEndUs, modelEndUs) - modelEndUs + modelUs,
          )
        },
      ),
      { numRuns: 2000 },
    )
  })
})
