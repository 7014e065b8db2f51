import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimedCall } from '#lib/model/batch.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { batches, keyOf, makeCall, runAt, withPermutation } from './batches.test-util.ts'
import { computeIdealSchedule } from './ideal-schedule.ts'
import type { ScheduledBatch } from './list-scheduler.ts'
import { mayOverlap, scheduleNaively } from './naive-schedule.test-util.ts'

const RUNS = { numRuns: 2000 }

function startsByKey(batch: ScheduledBatch) {
  const { startsUs } = computeIdealSchedule(batch)
  return Object.fromEntries(batch.calls.map((call, index) => [keyOf(call), startsUs[index]]))
}

const endOf = (call: TimedCall) => (call.startUs ?? 0) + (call.durationUs ?? 0)

describe('computeIdealSchedule', () => {
  it('agrees with the rules played out literally', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const naive = scheduleNaively(batch)
        expect(computeIdealSchedule(batch).startsUs).toEqual(
          batch.calls.map((call) => naive.get(call) ?? null),
        )
      }),
      RUNS,
    )
  })

  it('does not depend on the order in which the calls are listed', () => {
    fc.assert(
      fc.property(withPermutation(), ([batch, permuted]) => {
        expect(startsByKey(permuted)).toEqual(startsByKey(batch))
        const { ignoredDependencies } = computeIdealSchedule(batch)
        expect(computeIdealSchedule(permuted).ignoredDependencies).toEqual(ignoredDependencies)
      }),
      RUNS,
    )
  })

  it('keeps apart whatever the modes keep apart, and within both caps', () => {
    fc.assert(
      fc.property(batches({ earlyStarts: false, neverRan: false, minDurationMs: 1 }), (batch) => {
        const ideal = runAt(batch, computeIdealSchedule(batch).startsUs)
        for (const call of ideal.calls) {
          const beside = ideal.calls.filter(
            (other) =>
              other !== call &&
              (other.startUs ?? 0) <= (call.startUs ?? 0) &&
              endOf(other) > (call.startUs ?? 0),
          )
          expect(beside.every((other) => mayOverlap(batch, call, other))).toBe(true)
          expect(beside.length).toBeLessThan(batch.mode === 'serial' ? 1 : (batch.concurrency ?? 100))
          const sameTool = beside.filter((other) => other.tool === call.tool)
          expect(sameTool.length).toBeLessThan(batch.toolCaps?.get(call.tool) ?? 100)
        }
      }),
      RUNS,
    )
  })

  it('keeps the start of a call that began before the hand-over, and starts no other before it', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        for (const [index, startUs] of computeIdealSchedule(batch).startsUs.entries()) {
          const observedUs = batch.calls[index]?.startUs ?? null
          if (observedUs === null) expect(startUs).toBeNull()
          else if (observedUs < 0) expect(startUs).toBe(observedUs)
          else expect(startUs).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('lets what waits for a call without duration start before others take the workers', () => {
    const calls = ['x', 'y', 'z', 'p', 'q'].map((id, seq) =>
      makeCall(id, 0, seq === 0 ? 0 : 10, { seq, dependsOn: id === 'y' || id === 'z' ? ['x'] : [] }),
    )
    const batch: ScheduledBatch = { mode: 'parallel', concurrency: 3, toolCaps: null, calls }
    expect(computeIdealSchedule(batch).startsUs).toEqual([0, 0, 0, 0, 10_000])
    expect([...scheduleNaively(batch).values()]).toEqual([0, 0, 0, 0, 10_000])
  })

  const modes = [...MODES, null]
  it.each(modes)('takes 10,000 calls in one chain, declared against their order, in mode %s', (mode) => {
    const n = 10_000
    const calls = Array.from({ length: n }, (_, seq) =>
      makeCall(`c${seq}`, seq, 1, {
        seq,
        effect: seq % 3 ? 'read' : 'write',
        dependsOn: seq + 1 < n ? [`c${seq + 1}`] : [],
      }),
    )
    const { startsUs, idealUs } = computeIdealSchedule({
      mode,
      concurrency: 8,
      toolCaps: new Map([['t', 2]]),
      calls,
    })
    expect(idealUs).toBe(n * 1000)
    expect(startsUs[0]).toBe((n - 1) * 1000)
  })
})
