import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches } from '#lib/intervals/batches.test-util.ts'
import { computeIdealSchedule } from '#lib/intervals/ideal-schedule.ts'
import { makeCall } from '#lib/model/batch.test-util.ts'
import type { Intent } from '#lib/model/batch.ts'
import { describeActual, describeReason, didOverlap, groupPlan } from './describe-plan.ts'
import { planPairs } from './plan-pairs.ts'
import { warnOfPlan } from './plan-warnings.ts'

const parallel: Intent = { mode: 'parallel', concurrency: null, toolCaps: null }
const read = (callId: string, seq: number, rest = {}) =>
  makeCall({ callId, seq, tool: `get_${callId}`, ...rest })
const write = (callId: string, seq: number, rest = {}) =>
  makeCall({ callId, seq, tool: `put_${callId}`, effect: 'write', ...rest })

/** The reason of the only pair, in words. */
function why(intent: Intent, ...calls: Parameters<typeof planPairs>[1][number][]) {
  const [pair] = planPairs(intent, calls).pairs
  return pair && `${pair.apart ? 'apart' : 'may'}: ${describeReason(pair)}`
}

describe('the plan of a pair', () => {
  it('says why it is apart', () => {
    const order = { resources: ['orders/1'] }
    expect(why({ ...parallel, mode: 'serial' }, read('a', 0), read('b', 1))).toBe('apart: the mode is serial')
    expect(why(parallel, read('a', 0, order), write('b', 1, { ...order, dependsOn: ['a'] }))).toBe(
      'apart: same resource orders/1, and one writes it',
    )
    expect(why(parallel, write('a', 0), write('b', 1, { dependsOn: ['a'] }))).toBe(
      'apart: writes run one at a time',
    )
    expect(why(parallel, read('a', 0), read('b', 1, { dependsOn: ['a'] }))).toBe(
      'apart: get_b depends on get_a',
    )
    expect(why({ ...parallel, mode: 'reads-only' }, read('a', 0), write('b', 1))).toBe(
      'apart: put_b writes, and runs alone',
    )
    expect(why(parallel, read('a', 0), write('b', 1, { mode: 'reads-only', effect: 'unknown' }))).toBe(
      'apart: nobody said what put_b does: it counts as a write',
    )
    expect(why(parallel, read('a', 0, { mode: 'serial' }), read('b', 1))).toBe(
      'apart: get_a runs alone by a rule of its own',
    )
    const same = [read('a', 0, { tool: 't' }), read('b', 1, { tool: 't' })] as const
    expect(why({ ...parallel, toolCaps: new Map([['t', 1]]) }, ...same)).toBe(
      'apart: one call of t at a time',
    )
    expect(why({ ...parallel, concurrency: 1 }, ...same)).toBe('apart: one call at a time')
  })

  it('says why it may overlap', () => {
    expect(why(parallel, read('a', 0), read('b', 1))).toBe('may: both only read')
    expect(why(parallel, read('a', 0), read('b', 1, { marks: ['soft:a'] }))).toBe(
      'may: one has a default for what the other gives',
    )
    const [x, y] = [{ resources: ['orders/1'] }, { resources: ['orders/10'] }]
    expect(why(parallel, write('a', 0, x), write('b', 1, y))).toBe('may: they touch nothing in common')
    expect(why(parallel, write('a', 0), read('b', 1))).toBe('may: nothing declared keeps them apart')
    expect(why(parallel, write('a', 0, x), read('b', 1, x))).toBe(
      'may: nothing keeps them apart, though both touch orders/1',
    )
  })

  it('speaks of calls, not of their attempts, and of edges by way of others', () => {
    const calls = [
      read('a', 0, { startUs: 0, durationUs: 10, outcome: 'error' }),
      read('a', 0, { attempt: 2, startUs: 20, durationUs: 10 }),
      read('b', 1, { startUs: 25, durationUs: 10, dependsOn: ['a'] }),
      read('c', 2, { startUs: 40, durationUs: 10, dependsOn: ['b'] }),
    ]
    const { pairs } = planPairs(parallel, calls)
    expect(
      pairs.map(({ first, second, reason, overlapUs }) => [first.callId + second.callId, reason, overlapUs]),
    ).toEqual([
      ['ab', 'depends', 5],
      ['ac', 'by-way', 0],
      ['bc', 'depends', 0],
    ])
    const [broken] = groupPlan(pairs)
    expect(broken).toMatchObject({ reason: 'depends', apart: true, overlapped: 1 })
    expect(broken?.pairs.map(didOverlap)).toEqual([true, false])
  })

  it('keeps apart only what never overlaps in the schedule that the intent allows', () => {
    const property = fc.property(
      batches({ earlyStarts: false, retries: false, minDurationMs: 1 }),
      (batch) => {
        const { startsUs } = computeIdealSchedule(batch)
        const calls = batch.calls.map((call, i) => makeCall({ ...call, startUs: startsUs[i] ?? null }))
        for (const { apart, overlapUs } of planPairs(batch, calls).pairs)
          if (apart) expect(overlapUs ?? 0).toBe(0)
      },
    )
    fc.assert(property, { numRuns: 1_000 })
  })

  it('of a very large batch is made for its first calls', () => {
    const calls = Array.from({ length: 10_000 }, (_, seq) =>
      read(`c${seq}`, seq, { dependsOn: [`c${seq - 1}`] }),
    )
    const { pairs, truncated } = planPairs(parallel, calls)
    expect([pairs.length, truncated]).toEqual([(150 * 149) / 2, true])
  })
})

describe('what calls did', () => {
  it('is unknown of those that nobody timed, and not counted as apart', () => {
    const calls = [read('a', 0), read('b', 1), read('c', 2, { startUs: null, durationUs: null })]
    const [group] = groupPlan(planPairs(parallel, calls).pairs)
    expect(group).toMatchObject({ pairs: [{}, {}, {}], timed: 1 })
    expect(group?.pairs.map(describeActual)).toEqual(['overlapped', 'no times', 'no times'])
  })
})

describe('a warning', () => {
  it('names a call that looks dependent on one beside it', () => {
    const calls = [read('a', 0), read('b', 1, { marks: ['looks-dependent:a'] })]
    expect(warnOfPlan(parallel, calls, true)).toEqual([
      "get_b looks dependent on get_a, beside which it was emitted: it left an argument empty that the other's result would have filled.",
    ])
  })

  it('counts calls that ran at once without any cap', () => {
    const calls = Array.from({ length: 20 }, (_, seq) => read(`c${seq}`, seq))
    expect(warnOfPlan(parallel, calls, true)).toEqual(['20 calls ran at once, and nothing capped them.'])
    expect(warnOfPlan({ ...parallel, concurrency: 20 }, calls, true)).toEqual([])
    expect(warnOfPlan({ ...parallel, mode: null }, calls, true)).toEqual([])
  })

  it('names tools that nobody classified, where somebody could have', () => {
    const calls = [read('a', 0, { effect: 'unknown' }), read('b', 1, { effect: 'unknown' })]
    expect(warnOfPlan(parallel, calls, true)).toEqual([
      'Nobody said what get_a and 1 other tool does: where writes are kept apart it counts as one.',
    ])
    expect(warnOfPlan(parallel, calls, false)).toEqual([])
  })
})
