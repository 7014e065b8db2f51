import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { observe } from '../observation.ts'
import { callsOf, type ScriptedCall, toStoredBatch } from '../scripted-log.test-util.ts'
import { measurePairs, measureSerialShare } from './measure-overlap.ts'

function measure(calls: readonly ScriptedCall[], over: Partial<StoredBatch> = {}) {
  const batch = toStoredBatch(calls, over)
  const observation = observe(batch, measureBatch(batch), 0)
  return { share: measureSerialShare(observation), pairs: measurePairs(observation) }
}

test('a batch is 0 when all that was allowed overlapped, and 1 when it ran in turn', () => {
  expect(measure(callsOf(['a', 'b', 'c'], false)).share).toBeLessThan(0.02)
  expect(measure(callsOf(['a', 'b', 'c'], true)).share).toBeCloseTo(1, 2)
})

test('what could not have saved time says nothing', () => {
  const quick = ['a', 'b', 'c'].map((tool, i) => ({ tool, startMs: 20 * i, ms: 19 }))
  expect(measure(quick).share).toBeNull()
  expect(measure(callsOf(['a', 'b'], true), { concurrency: 1 }).share).toBeNull()
})

test('a pair of several calls overlaps if any two of them do', () => {
  const calls = [
    { tool: 'b', startMs: 0, ms: 100 },
    { tool: 'a', startMs: 1, ms: 300 },
    { tool: 'b', startMs: 305, ms: 100 },
  ]
  const { pairs } = measure(calls)
  expect(pairs.find(({ first, second }) => first === 'a' && second === 'b')).toMatchObject({ serial: false })
  expect(pairs.find(({ first, second }) => first === 'b' && second === 'b')).toMatchObject({ serial: true })
})

test('a pair that the cap keeps apart is none', () => {
  const calls = [
    { tool: 'a', startMs: 0, ms: 200 },
    { tool: 'b', startMs: 1, ms: 200 },
    { tool: 'c', startMs: 201, ms: 200 },
  ]
  const pairs = measure(calls, { concurrency: 2 }).pairs.map(({ first, second }) => first + second)
  expect(pairs).toContain('ab')
  expect(pairs).not.toContain('ac')
})

test('the share is within [0, 1] for any calls, and the order in which they come does not matter', () => {
  const call = fc.record({
    tool: fc.constantFrom('a', 'b', 'c'),
    startMs: fc.integer({ min: -20, max: 2000 }),
    ms: fc.integer({ min: 0, max: 2000 }),
  })
  const cap = fc.option(fc.integer({ min: 1, max: 4 }))
  fc.assert(
    fc.property(fc.array(call, { minLength: 2, maxLength: 8 }), cap, (calls, concurrency) => {
      const { share, pairs } = measure(calls, { concurrency })
      if (share !== null) expect(share >= 0 && share <= 1).toBe(true)
      if (concurrency !== null) return
      const numbered = calls.map((item, i) => ({ ...item, callId: `${i}`, seq: i }))
      const turned = measure(numbered.toReversed(), { concurrency })
      expect(turned.share).toEqual(measure(numbered, { concurrency }).share)
      const names = (found: typeof pairs) =>
        found.map(({ first, second, serial }) => `${first} ${second} ${serial}`).sort()
      expect(names(turned.pairs)).toEqual(names(pairs))
    }),
    { seed: 3, numRuns: 200 },
  )
})
