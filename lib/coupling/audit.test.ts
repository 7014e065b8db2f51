import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditedPair, auditConflicts, auditTools, findMergeCandidates } from './audit.ts'
import { createPairCounts, observePairs, PAIR_COUNTERS, type PairCounts } from './observe-pairs.ts'
import { addEncodedPairCounts, encodePairCounts } from './pair-codec.ts'

const call = (tool: string, startUs: number | null, change: object = {}) => ({
  callId: `${tool}/${startUs}`,
  attempt: 1,
  seq: 0,
  tool,
  effect: 'read' as const,
  resources: [] as string[],
  startUs,
  durationUs: startUs === null ? null : 100,
  outcome: startUs === null ? ('never-ran' as const) : ('ok' as const),
  argsFp: [] as string[],
  ...change,
})

const pairOf = (first: string, second: string, counts: Partial<PairCounts>): AuditedPair => ({
  first,
  second,
  agents: ['kyc'],
  counts: { ...createPairCounts(), ...counts },
})

const find = (calls: Parameters<typeof observePairs>[0], first: string, second: string) =>
  observePairs(calls).find((pair) => pair.first === first && pair.second === second)?.counts

test('a pair is seen with its overlap, its order and who failed beside whom', () => {
  const calls = [call('b', 0, { seq: 1, outcome: 'error' }), call('a', 50, { seq: 2 })]
  expect(find(calls, 'a', 'b')).toEqual({
    ...createPairCounts(),
    together: 1,
    overlapped: 1,
    inOrder: 0,
    secondFailedBeside: 1,
  })
  const apart = [call('b', 0, { outcome: 'timeout' }), call('a', 100, { seq: 1 })]
  expect(find(apart, 'a', 'b')).toMatchObject({ overlapped: 0, secondFailedApart: 1, secondFailedBeside: 0 })
})

test('a conflict counts once a batch for its two tools, and for a tool with itself', () => {
  const write = { effect: 'write', resources: ['orders/1'] }
  const calls = [call('a', 0, write), call('a', 10, write), call('b', 20, { resources: ['orders'] })]
  expect(find(calls, 'a', 'b')).toMatchObject({ conflicts: 1, possibleConflicts: 0 })
  expect(find(calls, 'a', 'a')).toMatchObject({ conflicts: 1, calls: 2, declaring: 2 })
  expect(find(calls, 'b', 'b')).toMatchObject({ conflicts: 0 })
})

test('retries, repetitions and interruptions are of a tool alone', () => {
  const calls = [
    call('a', 0, { argsFp: ['1'], outcome: 'error' }),
    call('a', 200, { argsFp: ['1'], attempt: 2 }),
    call('a', 20, { argsFp: ['2', '3'] }),
    call('a', 30, { argsFp: ['3', '2'] }),
    call('a', null),
  ]
  expect(find(calls, 'a', 'a')).toMatchObject({
    retried: 1,
    repeated: 1,
    interrupted: 1,
    calls: 5,
    firstFailedApart: 1,
  })
})

test('counts survive their encoding, and adding is the sum', () => {
  const counts = fc.record(
    Object.fromEntries(PAIR_COUNTERS.map((name) => [name, fc.nat()])) as Record<
      keyof PairCounts,
      fc.Arbitrary<number>
    >,
  )
  fc.assert(
    fc.property(counts, counts, (one, other) => {
      const sum = { ...one }
      const bytes = encodePairCounts(other)
      if (bytes !== null) addEncodedPairCounts(sum, bytes)
      for (const name of PAIR_COUNTERS) expect(sum[name]).toBe(one[name] + other[name])
    }),
  )
  expect(encodePairCounts(createPairCounts())).toBeNull()
})

test('a mark of a person outweighs what follows from the effect, and a read needs no mark but for independence', () => {
  const tools = [
    { tool: 'read', effect: 'read' as const, resources: [], marks: [] },
    {
      tool: 'write',
      effect: 'unknown' as const,
      resources: [],
      marks: [
        {
          question: 'idempotent' as const,
          answer: 'no' as const,
          note: 'mails twice',
          by: 'ada',
          atUs: 5000,
        },
      ],
    },
    { tool: 'new', effect: 'unknown' as const, resources: [], marks: [] },
  ]
  const pairs = [pairOf('write', 'write', { calls: 9, interrupted: 2, retried: 1 })]
  const [write, ...others] = auditTools(tools, pairs)
  expect(write).toMatchObject({ tool: 'write', calls: 9, undeclared: 9, is_unclassified: false })
  expect(write?.answers.map(({ answer, source }) => [answer, source])).toEqual([
    [null, 'none'],
    ['no', 'marked'],
    [null, 'none'],
  ])
  expect(write?.answers[1]).toMatchObject({ by: 'ada', at: 5, note: 'mails twice' })
  expect(write?.answers[0]?.evidence_against).toEqual([
    '2 calls ended in error, timeout or cancellation, perhaps half done',
  ])
  const read = others.find(({ tool }) => tool === 'read')
  expect(read?.answers.map(({ answer, source }) => [answer, source])).toEqual([
    ['yes', 'declared'],
    ['yes', 'declared'],
    [null, 'none'],
  ])
  expect(others.find(({ tool }) => tool === 'new')).toMatchObject({ is_unclassified: true })
})

test('conflicts are listed with what to do about them, the certain ones first', () => {
  const pairs = [
    pairOf('a', 'b', { together: 9, overlapped: 9, possibleConflicts: 9 }),
    pairOf('a', 'a', { together: 20, overlapped: 5, conflicts: 2 }),
    pairOf('b', 'c', { together: 20, overlapped: 20 }),
  ]
  const conflicts = auditConflicts(pairs)
  expect(conflicts.map(({ tools }) => tools)).toEqual([['a'], ['a', 'b']])
  expect(conflicts.map(({ suggestion }) => suggestion)).toEqual([
    expect.stringContaining('one at a time'),
    expect.stringContaining('Declare the effect'),
  ])
})

test('tools are merged only when they nearly always come together and in one order', () => {
  const alone = [pairOf('a', 'a', { together: 100 }), pairOf('b', 'b', { together: 102 })]
  const merge = (counts: Partial<PairCounts>) => findMergeCandidates([...alone, pairOf('a', 'b', counts)])
  expect(merge({ together: 100, inOrder: 1 })).toMatchObject([{ tools: ['b', 'a'], in_order_share: 0.99 }])
  expect(merge({ together: 100, inOrder: 60 })).toEqual([])
  expect(merge({ together: 80, inOrder: 80 })).toEqual([])
  expect(findMergeCandidates([pairOf('a', 'b', { together: 19, inOrder: 19 })])).toEqual([])
})
