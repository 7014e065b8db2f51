import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, makeCall } from './batches.test-util.ts'
import { computeIdealSchedule } from './ideal-schedule.ts'
import { computeWaiting } from './waiting.ts'

describe('computeWaiting', () => {
  it('tells what the cap made a call wait from what the runtime lost', () => {
    //  a ==========        cap 1: b waits for a by intent, then 5 ms more
    //  b ..........~~~~~=====
    const calls = [makeCall('a', 2, 10), makeCall('b', 17, 5, { seq: 1 })]
    const ideal = computeIdealSchedule({ mode: 'parallel', concurrency: 1, toolCaps: null, calls })
    expect(computeWaiting(calls, ideal, true)).toEqual([
      { queuedUs: 0, dispatchDelayUs: 2000 },
      { queuedUs: 10_000, dispatchDelayUs: 7000 },
    ])
  })

  it('adds up to the start of the call, and to nothing for one that began before the hand-over', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        for (const [index, waiting] of computeWaiting(
          batch.calls,
          computeIdealSchedule(batch),
          true,
        ).entries()) {
          const startUs = batch.calls[index]?.startUs ?? null
          if (startUs === null || waiting === null) {
            expect([startUs, waiting]).toEqual([null, null])
            continue
          }
          expect(waiting.queuedUs + waiting.dispatchDelayUs).toBe(Math.max(0, startUs))
          expect(Math.min(waiting.queuedUs, waiting.dispatchDelayUs)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('is unknown where the hand-over is', () => {
    const calls = [makeCall('a', 0, 10)]
    expect(computeWaiting(calls, { startsUs: [0] }, false)).toEqual([null])
  })
})
