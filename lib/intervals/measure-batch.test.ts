import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimedCall } from '#lib/model/batch.ts'
import { batches, makeCall, runAt, withPermutation } from './batches.test-util.ts'
import { computeBlockedUs } from './blocked.ts'
import { computeIdealSchedule } from './ideal-schedule.ts'
import type { ScheduledBatch } from './list-scheduler.ts'
import { measureBatch } from './measure-batch.ts'
import { scheduleNaively } from './naive-schedule.test-util.ts'

const RUNS = { numRuns: 2000 }
const PLAIN = { mode: 'parallel', concurrency: null, toolCaps: null } as const

const startOf = (call: TimedCall) => call.startUs ?? Number.NaN
const lengthOf = (call: TimedCall) => call.durationUs ?? Number.NaN
const endOf = (call: TimedCall) => startOf(call) + lengthOf(call)

/** Length of the union, counted millisecond by millisecond: generated times are whole ones. */
function countUnionUs(calls: readonly TimedCall[], fromMs: number): number {
  let us = 0
  for (let ms = fromMs; ms < 100; ms++) {
    if (calls.some((call) => startOf(call) <= ms * 1000 && endOf(call) > ms * 1000)) us += 1000
  }
  return us
}

/** The formulas of the measures, one by one and without regard to cost. */
function measureNaively(batch: ScheduledBatch) {
  const calls = batch.calls.filter((call) => call.startUs !== null)
  if (calls.length === 0)
    return { ran: 0, wallUs: null, serialization: null, slowestCallId: null, blockedUs: null }
  const wallUs = Math.max(...calls.map(endOf)) - Math.min(...calls.map(startOf))
  const sumUs = calls.reduce((sum, call) => sum + lengthOf(call), 0)
  const ideal = [...scheduleNaively(batch)]
  const idealEndUs = Math.max(...ideal.map(([call, startUs]) => startUs + lengthOf(call)))
  const idealUs = idealEndUs - Math.min(...ideal.map(([, startUs]) => startUs))
  const [slowest, ...others] = calls.toSorted(
    (a, b) =>
      endOf(b) - endOf(a) ||
      lengthOf(b) - lengthOf(a) ||
      a.seq - b.seq ||
      a.attempt - b.attempt ||
      (a.callId < b.callId ? -1 : 1),
  )
  const undefinedHere = batch.mode === 'serial' || !slowest || others.length === 0
  const tooLittle = sumUs - idealUs < Math.max(1000, sumUs / 100)
  const ratio = (wallUs - idealUs) / (sumUs - idealUs)
  return {
    size: new Set(batch.calls.map((call) => call.callId)).size,
    ran: calls.length,
    wallUs,
    sumUs,
    longestUs: Math.max(...calls.map(lengthOf)),
    idealUs,
    serialization: undefinedHere || tooLittle ? null : Math.min(1, Math.max(0, ratio)),
    unionUs: countUnionUs(calls, -10),
    exposedUs: countUnionUs(calls, 0),
    hiddenUs: sumUs - countUnionUs(calls, -10),
    slowestCallId: slowest && others.length > 0 ? slowest.callId : null,
    slowest: slowest && others.length > 0 ? batch.calls.indexOf(slowest) : null,
    blockedUs:
      slowest && others.length > 0
        ? Math.max(0, endOf(slowest) - Math.max(startOf(slowest), ...others.map(endOf)))
        : null,
    firstStartUs: Math.min(...calls.map(startOf)),
    lastEndUs: Math.max(...calls.map(endOf)),
  }
}

/** Everything but the index, which names a place in the list. */
function withoutIndex(batch: ScheduledBatch) {
  return { ...measureBatch(batch), slowest: null }
}

function shift(batch: ScheduledBatch, byUs: number): ScheduledBatch {
  return runAt(
    batch,
    batch.calls.map(({ startUs }) => (startUs === null ? null : startUs + byUs)),
  )
}

describe('measureBatch', () => {
  it('agrees with the formulas taken literally', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        expect(measureBatch(batch)).toMatchObject(measureNaively(batch))
      }),
      RUNS,
    )
  })

  it('agrees with them also where nothing constrains the calls', () => {
    const unconstrained = batches({ retries: false }).map((batch) => ({
      ...PLAIN,
      calls: batch.calls.map((call) => ({ ...call, dependsOn: [], mode: null })),
    }))
    fc.assert(
      fc.property(unconstrained, (batch) => {
        expect(measureBatch(batch)).toMatchObject(measureNaively(batch))
        expect(measureBatch(batch).ignoredDependencies).toEqual([])
      }),
      RUNS,
    )
  })

  it('does not depend on the order in which the calls are listed', () => {
    fc.assert(
      fc.property(withPermutation(), ([batch, permuted]) => {
        expect(withoutIndex(permuted)).toEqual(withoutIndex(batch))
      }),
      RUNS,
    )
  })

  it('does not depend on how long after the hand-over everything began', () => {
    fc.assert(
      fc.property(batches({ earlyStarts: false }), fc.integer({ min: 0, max: 1e9 }), (batch, byUs) => {
        const { firstStartUs, lastEndUs, ...rest } = measureBatch(batch)
        expect(measureBatch(shift(batch, byUs))).toEqual({
          ...rest,
          firstStartUs: firstStartUs === null ? null : firstStartUs + byUs,
          lastEndUs: lastEndUs === null ? null : lastEndUs + byUs,
        })
      }),
      RUNS,
    )
  })

  it('keeps serialization within 0 and 1, blocked and union time within the wall, and nothing below 0', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const measures = measureBatch(batch)
        if (measures.serialization !== null) {
          expect(measures.serialization).toBeGreaterThanOrEqual(0)
          expect(measures.serialization).toBeLessThanOrEqual(1)
        }
        if (measures.wallUs === null) return
        for (const blockedUs of [measures.blockedUs, ...computeBlockedUs(batch.calls)]) {
          expect(blockedUs ?? 0).toBeGreaterThanOrEqual(0)
          expect(blockedUs ?? 0).toBeLessThanOrEqual(measures.wallUs)
        }
        expect(measures.unionUs).toBeLessThanOrEqual(measures.wallUs)
        expect(measures.exposedUs).toBeLessThanOrEqual(measures.unionUs ?? 0)
        expect(measures.hiddenUs).toBeGreaterThanOrEqual(0)
      }),
      RUNS,
    )
  })

  it('finds no serialization in the schedule that the intent itself makes', () => {
    fc.assert(
      fc.property(batches({ minDurationMs: 1 }), (batch) => {
        const ideal = computeIdealSchedule(batch)
        const measures = measureBatch(runAt(batch, ideal.startsUs))
        expect(measures.serialization ?? 0).toBe(0)
        expect(measures.idealUs).toBe(ideal.idealUs)
        expect(measures.wallUs).toBe(ideal.idealUs)
      }),
      RUNS,
    )
  })

  it('finds full serialization in calls that ran one after another though nothing asked for it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 2, maxLength: 9 }), (durations) => {
        let startMs = 0
        const calls = durations.map((durationMs, seq) => {
          const call = makeCall(`c${seq}`, startMs, durationMs, { seq })
          startMs += durationMs
          return call
        })
        const { serialization, sumUs, longestUs } = measureBatch({ ...PLAIN, calls })
        const gainUs = (sumUs ?? 0) - (longestUs ?? 0)
        expect(serialization).toBe(gainUs < Math.max(1000, (sumUs ?? 0) / 100) ? null : 1)
      }),
    )
  })

  it('has the blocked time of the slowest sibling that it has for every call', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const { slowest, blockedUs } = measureBatch(batch)
        expect(blockedUs).toBe(slowest === null ? null : computeBlockedUs(batch.calls)[slowest])
      }),
    )
  })

  it('says how early each call would have had to be for the batch to end sooner', () => {
    fc.assert(
      fc.property(batches(), (batch) => {
        const ends = batch.calls.map(endOf)
        for (const [index, blockedUs] of computeBlockedUs(batch.calls).entries()) {
          const call = batch.calls[index] as TimedCall
          const others = ends.filter((end, other) => other !== index && !Number.isNaN(end))
          const expected =
            call.startUs === null || others.length === 0
              ? null
              : Math.max(...others, endOf(call)) - Math.max(...others, call.startUs)
          expect(blockedUs).toBe(expected)
        }
      }),
    )
  })

  it('reports ignored dependencies also when no call ran', () => {
    const calls = [makeCall('a', null, null, { dependsOn: ['zz'] })]
    expect(measureBatch({ ...PLAIN, calls })).toMatchObject({
      size: 1,
      wallUs: null,
      ignoredDependencies: [{ callId: 'a', dependsOn: 'zz', reason: 'unknown' }],
    })
  })
})
