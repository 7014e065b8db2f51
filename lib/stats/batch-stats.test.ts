import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { type BatchFacts, BatchStats } from './batch-stats.ts'

const us = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 0, max: 1e6 }))
const facts: fc.Arbitrary<BatchFacts> = fc.record({
  calls: fc.array(fc.record({ outcome: fc.constantFrom(...OUTCOMES) }), { minLength: 1, maxLength: 8 }),
  size: fc.integer({ min: 1, max: 8 }),
  wallUs: fc.option(us),
  serialization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  hiddenUs: fc.option(us),
  turnTime: fc.option(fc.record({ modelUs: fc.option(us), waitingUs: us, exposedUs: us, idleUs: us })),
  emittedCalls: fc.option(fc.integer({ min: 0, max: 20 })),
})
const batches = fc.array(facts, { maxLength: 30 })

function statsOf(list: readonly BatchFacts[]): BatchStats {
  const stats = new BatchStats()
  for (const batch of list) stats.add(batch)
  return stats
}

describe('BatchStats', () => {
  it('counts what a batch says and nothing of what it leaves open', () => {
    const turnTime = { modelUs: null, waitingUs: 5, exposedUs: 100, idleUs: 2 }
    const outcomes = ['ok', 'error', 'timeout', 'cancelled', 'never-ran', 'unknown'] as const
    const stats = statsOf([
      {
        calls: outcomes.map((outcome) => ({ outcome })),
        size: 5,
        wallUs: 105,
        serialization: 0.25,
        hiddenUs: 40,
        turnTime,
        emittedCalls: 7,
      },
      {
        calls: [{ outcome: 'ok' }],
        size: 1,
        wallUs: 10,
        serialization: null,
        hiddenUs: 0,
        turnTime: { ...turnTime, modelUs: 30 },
        emittedCalls: null,
      },
      {
        calls: [{ outcome: 'never-ran' }],
        size: 1,
        wallUs: null,
        serialization: null,
        hiddenUs: null,
        turnTime: null,
        emittedCalls: null,
      },
    ])
    expect(stats).toMatchObject({
      batches: 3,
      calls: 8,
      failures: 2,
      cancelled: 1,
      neverRan: 2,
      failingBatches: 1,
      efficiencyN: 1,
      efficiencySum: 750_000,
      overlapEfficiency: 0.75,
      hiddenUs: 40,
      turns: 2,
      turnsWithModel: 1,
      modelUs: 30,
      waitingUs: 10,
      exposedUs: 200,
      idleUs: 4,
      emitted: 7,
      recordedOfEmitted: 5,
    })
    expect(stats.wall.n).toBe(2)
  })

  it('has no efficiency where none is defined', () => {
    expect(new BatchStats().overlapEfficiency).toBeNull()
  })

  it('merged from parts, decoded or encoded, equals the whole in any order', () => {
    fc.assert(
      fc.property(batches, batches, (left, right) => {
        const merged = statsOf(left)
        merged.merge(statsOf(right))
        const mergedEncoded = statsOf(left)
        mergedEncoded.mergeEncoded(statsOf(right).encode())
        const whole = statsOf([...right, ...left].reverse()).encode()
        expect(merged.encode()).toEqual(whole)
        expect(mergedEncoded.encode()).toEqual(whole)
      }),
    )
  })

  it('with batches taken away equals one that never held them', () => {
    fc.assert(
      fc.property(batches, batches, (kept, taken) => {
        const expected = statsOf(kept).encode()
        const one = statsOf([...taken, ...kept])
        for (const batch of taken) one.add(batch, -1)
        expect(one.encode()).toEqual(expected)
        const other = statsOf([...kept, ...taken])
        other.merge(statsOf(taken), -1)
        expect(other.encode()).toEqual(expected)
      }),
    )
  })

  it('decodes to the same content', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const bytes = statsOf(list).encode()
        expect(BatchStats.decode(bytes).encode()).toEqual(bytes)
      }),
    )
  })

  it('is empty again once everything was taken away', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const stats = statsOf(list)
        for (const batch of list) stats.add(batch, -1)
        expect(stats.isEmpty()).toBe(true)
        expect(stats.encode()).toEqual(new BatchStats().encode())
      }),
    )
  })

  it('keeps the format in which it is stored', () => {
    const turnTime = { modelUs: 11, waitingUs: 12, exposedUs: 13, idleUs: 14 }
    const outcomes = ['ok', 'error', 'cancelled', 'cancelled', 'never-ran', 'never-ran', 'never-ran'] as const
    const calls = outcomes.map((outcome) => ({ outcome }))
    const batch = { calls, size: 6, wallUs: 25, serialization: 0.5, hiddenUs: 10, turnTime, emittedCalls: 8 }
    expect(Buffer.from(statsOf([batch]).encode()).toString('hex')).toBe(
      '010701020301a0c21e010a01010b0c0d0e08060001e09c01',
    )
  })

  it('refuses bytes that are cut off or go on', () => {
    const bytes = new BatchStats().encode()
    expect(() => BatchStats.decode(bytes.slice(1))).toThrow(RangeError)
    expect(() => BatchStats.decode(Uint8Array.of(...bytes, 0))).toThrow(RangeError)
  })
})
