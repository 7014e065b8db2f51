import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertEvidenceSchema } from '#lib/contract/alerts.ts'
import type { Finding } from '#lib/detectors/detector.ts'
import { ALERT_KINDS, type Suspect } from '#lib/model/alert.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { findingAt, measured } from './batches.test-util.ts'
import { describeEvidence } from './evidence.ts'
import type { MeasuredBatch } from './measures.ts'

const ONSET = 40
const count = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))
/** 40 batches of before, 20 of after. */
const story = (before: (i: number) => MeasuredBatch, after: (i: number) => MeasuredBatch) =>
  count(60, (i) => (i < ONSET ? before(i) : after(i)))
const tell = (change: Partial<Finding>, batches: readonly MeasuredBatch[]) =>
  describeEvidence(findingAt(ONSET, change), batches)

const VERSION: Suspect = { kind: 'version', value: '1.7', before: '1.6', logOdds: 8, because: 'all were' }

const parallel = (i: number, change = {}) =>
  measured(
    i,
    [
      { tool: 'a', ms: 100 },
      { tool: 'b', ms: 100 + (i % 5) },
    ],
    change,
  )
const serial = (i: number, change = {}) =>
  measured(
    i,
    [
      { tool: 'a', ms: 100 },
      { tool: 'b', at: 100, ms: 100 + (i % 5) },
    ],
    change,
  )

describe('the evidence of an alert', () => {
  it('measures a loop by the serialization of its batches, and says what was lost', () => {
    const evidence = tell(
      { kind: 'serialized' },
      story(parallel, (i) => serial(i)),
    )
    expect(evidence.effect).toMatchObject({
      measure: 'serialization',
      unit: 'ratio',
      before: 0,
      after: 1,
      n_before: 40,
      n_after: 20,
    })
    expect(evidence.effect?.change_low).toBeGreaterThan(0.7)
    expect(evidence.lost_ms_per_batch).toBeCloseTo(100, 0)
    // A batch a minute.
    expect(evidence.lost_ms_per_day).toBeCloseTo(1440 * 100, -3)
    expect(evidence.first_bad_batch_id).toBe('b0040')
    expect(evidence.batches_before).toHaveLength(3)
    expect(evidence.batches_after).toHaveLength(3)
  })

  it('compares a canary by its own batches, and counts the loss for its part of the traffic', () => {
    const isCanary = (i: number) => i % 4 === 1
    const canary = story(
      (i) => parallel(i),
      (i) => (isCanary(i) ? serial(i, { version: '1.7' }) : parallel(i)),
    )
    const evidence = tell({ firstBadVersion: '1.7', suspects: [VERSION] }, canary)
    expect(evidence.effect).toMatchObject({ before: 0, after: 1, n_before: 40, n_after: 5 })
    expect(evidence.first_bad_batch_id).toBe('b0041')
    expect(evidence.lost_ms_per_day).toBeCloseTo((1440 * 100) / 4, -3)
    expect(evidence.suspects[0]?.odds).toBeCloseTo(Math.exp(8))
  })

  it('counts what was deployed on top of the bad version with it, and what was rolled back to with before', () => {
    const versions = ['1.7', '1.8', '1.6'] as const
    const evidence = tell(
      { firstBadVersion: '1.7', suspects: [VERSION] },
      story(
        (i) => parallel(i),
        (i) => {
          const version = versions[i % 3] as string
          return version === '1.6' ? parallel(i) : serial(i, { version })
        },
      ),
    )
    expect(evidence.effect).toMatchObject({ before: 0, after: 1, n_before: 40, n_after: 13 })
  })

  it('shows bad batches of the same tools as before, where only a part of what came after is bad', () => {
    const other = (i: number) =>
      measured(i, [
        { tool: 'x', ms: 300 },
        { tool: 'y', at: 300, ms: 300 },
      ])
    const mixed = story(parallel, (i) => (i % 4 === 0 ? serial(i) : i === 58 ? other(i) : parallel(i)))
    const evidence = tell({ kind: 'serialized' }, mixed)
    expect(evidence.batches_after).toEqual(['b0040', 'b0044', 'b0048'])
    expect(evidence.first_bad_batch_id).toBe('b0040')
  })

  it('looks at the calls of a pair alone', () => {
    const withThird = (build: typeof parallel) => (i: number) => {
      const { batch } = build(i)
      return measured(i, [
        ...batch.calls.map((call) => ({
          tool: call.tool,
          at: (call.startUs ?? 0) / 1000,
          ms: (call.durationUs ?? 0) / 1000,
        })),
        { tool: 'c', ms: 900 },
      ])
    }
    const evidence = tell({ key: { tools: ['a', 'b'] } }, story(withThird(parallel), withThird(serial)))
    expect(evidence.effect).toMatchObject({ before: 0, after: 1 })
  })

  it('measures a collapse in calls a turn and counts the turns of the model that it costs', () => {
    const turn = (i: number, n: number) =>
      measured(
        i,
        count(n, () => ({ tool: 'a', ms: 50 })),
        { modelUs: 950_000 },
      )
    const evidence = tell(
      { kind: 'collapse' },
      story(
        (i) => turn(i, 4),
        (i) => turn(i, 1),
      ),
    )
    expect(evidence.effect).toMatchObject({
      unit: 'calls',
      before: 4,
      after: 1,
      change_low: -3,
      change_high: -3,
    })
    expect(evidence.lost_ms_per_batch).toBeCloseTo(750)
  })

  it('measures a pool of two only where three calls meet', () => {
    const crowd = (i: number, slots: number) =>
      measured(
        i,
        count(i % 3 === 0 ? 3 : 2, (n) => ({ tool: 'a', ms: 100 * (1 + Math.floor(n / slots)) })),
      )
    const evidence = tell(
      { kind: 'convoy', key: { tools: ['a'] } },
      story(
        (i) => crowd(i, 9),
        (i) => crowd(i, 2),
      ),
    )
    expect(evidence.effect).toMatchObject({ unit: 'ms', before: 0, after: 100 })
    expect(evidence.effect?.measure).toContain('3 or more')
  })

  it('counts of a slow tool only the time for which its batch waited for it alone', () => {
    const beside = (i: number, ms: number) =>
      measured(i, [
        { tool: 'a', ms },
        { tool: 'b', ms: 300 },
      ])
    const evidence = tell(
      { kind: 'straggler', key: { tool: 'a' } },
      story(
        (i) => beside(i, 100),
        (i) => beside(i, 500),
      ),
    )
    expect(evidence.effect).toMatchObject({ before: 100, after: 500, change_low: 400, change_high: 400 })
    expect(evidence.lost_ms_per_batch).toBeCloseTo(200)
  })

  it('sees a tool that is slow only now and then', () => {
    const one = (i: number, ms: number) => measured(i, [{ tool: 'a', ms: ms + (i % 7) }])
    const evidence = tell(
      { kind: 'straggler', key: { tool: 'a' } },
      story(
        (i) => one(i, 100),
        (i) => one(i, i % 3 === 0 ? 900 : 100),
      ),
    )
    expect(evidence.effect?.unit).toBe('ratio')
    expect(evidence.effect?.after).toBeCloseTo(0.3)
  })

  it.each(['error', 'slow'])('tells by itself whether a sibling makes a tool fail or slow: %s', (how) => {
    const beside = (i: number, isBad: boolean) =>
      measured(i, [
        {
          tool: 'a',
          ms: isBad && how === 'slow' ? 500 : 100 + (i % 3),
          outcome: isBad && how === 'error' ? 'error' : 'ok',
        },
        { tool: 'b', at: 20, ms: 60 },
      ])
    const evidence = tell(
      { kind: 'coupling', key: { tool: 'a', sibling: 'b', tools: ['a', 'b'] } },
      story(
        (i) => beside(i, false),
        (i) => beside(i, true),
      ),
    )
    expect(evidence.effect).toMatchObject(
      how === 'error' ? { unit: 'ratio', before: 0, after: 1 } : { unit: 'ms', before: 101, after: 500 },
    )
  })

  it.each([
    ['on one resource', { resources: ['orders/1'] }, { resources: ['orders'] }],
    [
      'written twice',
      { argsFp: ['x'], resources: ['orders/1'], at: 0 },
      { argsFp: ['x'], resources: ['orders/1'], at: 20 },
    ],
  ])('counts batches with a conflict %s', (_, first, second) => {
    const two = (i: number, isBad: boolean) =>
      measured(i, [
        { tool: 'pay', ms: 10, effect: 'write', ...first },
        { tool: 'pay', ms: 10, effect: 'write', ...(isBad ? second : {}) },
      ])
    const evidence = tell(
      { kind: 'conflict', key: { tool: 'pay' } },
      story(
        (i) => two(i, false),
        (i) => two(i, true),
      ),
    )
    expect(evidence.effect).toMatchObject({ before: 0, after: 1 })
    expect(evidence.lost_ms_per_batch).toBeNull()
  })

  it('counts turns that could have been one', () => {
    const together = (i: number) => parallel(i, { modelUs: 900_000 })
    const alone = (i: number) => measured(i, [{ tool: i % 2 ? 'a' : 'b', ms: 100 }], { modelUs: 900_000 })
    const evidence = tell({ kind: 'missed', key: { tools: ['a', 'b'] } }, story(together, alone))
    expect(evidence.effect).toMatchObject({ before: 0, after: 1 })
    expect(evidence.lost_ms_per_batch).toBeCloseTo(500)
  })

  it('says nothing of what nothing is known of', () => {
    const evidence = tell({ kind: 'serialized' }, [])
    expect(evidence).toMatchObject({
      first_bad_batch_id: null,
      effect: null,
      lost_ms_per_batch: null,
      batches_before: [],
      samples_after: [],
    })
    expect(tell({ kind: 'straggler', key: { tool: 'a' } }, [parallel(50)]).effect).toMatchObject({
      before: null,
      after: 100,
      change_low: null,
      n_before: 0,
    })
  })
})

const call = fc.record({
  tool: fc.constantFrom('a', 'b', 'c'),
  at: fc.nat(50),
  ms: fc.nat(200),
  outcome: fc.constantFrom(...OUTCOMES),
  effect: fc.constantFrom('read' as const, 'write' as const),
  resources: fc.constantFrom([], ['x'], ['x/y']),
})
const batches = fc.array(
  fc.record({
    n: fc.nat(60),
    calls: fc.array(call, { minLength: 1, maxLength: 5 }),
    version: fc.constantFrom('1.6', '1.7', null),
  }),
  { maxLength: 25 },
)
const key = fc.constantFrom(
  {},
  { tool: 'a' },
  { tool: 'a', sibling: 'b' },
  { tools: ['a', 'b'] },
  { tools: ['a'] },
  { signature: 'a+b' },
)

describe('evidence of anything', () => {
  it('is as the contract says, and the same however the batches were ordered', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALERT_KINDS), key, batches, fc.boolean(), (kind, of, list, named) => {
        const all = list.map(({ n, calls, version }, i) =>
          measured(
            n,
            calls.map(({ outcome, at, ms, ...rest }) =>
              outcome === 'never-ran' || outcome === 'unknown'
                ? { ...rest, outcome, ms: 0, startUs: null, durationUs: null }
                : { ...rest, outcome, at, ms },
            ),
            { version, batchId: `b${i}` },
          ),
        )
        const suspects = named ? { suspects: [VERSION], firstBadVersion: '1.7' } : {}
        const evidence = tell({ kind, key: of, ...suspects }, all)
        expect(alertEvidenceSchema.parse(evidence)).toEqual(evidence)
        expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence)
        expect(tell({ kind, key: of, ...suspects }, [...all].reverse())).toEqual(evidence)
      }),
    )
  })
})
