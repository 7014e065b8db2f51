import { expect, test } from 'vitest'
import { describeCall } from './describe-call.ts'
import { prepareBatch } from './prepare-timeline.ts'
import { makeDetail, makeWireCall } from './testing/detail.ts'
import { prepareTurnParts } from './turn-parts.ts'
import { prepareWaits } from './waits.ts'

/*
 *   cap 2
 *   a ├────────────┤                 0 .. 100
 *   b ├──x ├──────────────────┤      0 .. 40, 50 .. 200: the slowest, alone from 160
 *   c        ├───────────┤           60 .. 160, held back to 40 by the cap, 20 late
 *   d                                never ran: needs e, which failed
 *   e   ├─x                          10 .. 20
 */
const batch = makeDetail({
  concurrency: 2,
  size: 5,
  model_ms: 300,
  slowest_call_id: 'b',
  blocked_ms: 40,
  calls: [
    makeWireCall({ call_id: 'a', seq: 0, duration_ms: 100 }),
    makeWireCall({ call_id: 'b', seq: 1, tool: 'slow', duration_ms: 40, outcome: 'error' }),
    makeWireCall({ call_id: 'b', seq: 1, tool: 'slow', attempt: 2, start_ms: 50, duration_ms: 150 }),
    makeWireCall({ call_id: 'c', seq: 2, start_ms: 60, duration_ms: 100 }),
    makeWireCall({
      call_id: 'd',
      seq: 3,
      start_ms: null,
      duration_ms: null,
      outcome: 'never-ran',
      depends_on: ['e'],
    }),
    makeWireCall({ call_id: 'e', seq: 4, tool: 'check', start_ms: 10, duration_ms: 10, outcome: 'error' }),
  ],
})

test('the picture of a batch shows what its answer says, from the hand-over to the last end', () => {
  const { timeline, ran } = prepareBatch(batch)
  expect(timeline).toMatchObject({
    extent: { fromUs: 0, toUs: 200_000 },
    endUs: 200_000,
    alone: { key: 'call:b', fromUs: 160_000, toUs: 200_000 },
    cap: 2,
  })
  expect(ran).toBe(5)
  expect(timeline.rows.map((row) => [row.callId, row.slowest])).toEqual([
    ['a', false],
    ['b', true],
    ['c', false],
    ['d', false],
    ['e', false],
  ])
})

test('each call has one sentence, made of what is on record', () => {
  const { timeline } = prepareBatch(batch)
  expect(timeline.rows.map((row) => describeCall(row, timeline))).toEqual([
    'Ended 100 ms before the batch did.',
    'Held the turn 40.0 ms alone, after every other call had ended.',
    expect.stringContaining('Waited 60.0 ms before it began'),
    'Never ran: it needs check, which failed.',
    'Failed, 10.0 ms after it had begun.',
  ])
})

test('the parts of a turn add up, and the time alone is told apart', () => {
  const { calls, timeline } = prepareBatch(batch)
  const turn = prepareTurnParts(calls, 300_000, timeline.alone)
  expect(turn).toMatchObject({ totalUs: 500_000, modelKnown: true })
  expect(turn?.parts).toEqual([
    { kind: 'model', us: 300_000 },
    { kind: 'tools', us: 160_000 },
    { kind: 'alone', us: 40_000 },
  ])
})

test('waiting is summed over all calls and told of those that waited long, longest first', () => {
  const waits = prepareWaits(prepareBatch(batch).timeline.rows)
  expect(waits.known).toBe(true)
  expect(waits.waits.map((wait) => wait.key)).toEqual(['call:c', 'call:e'])
  expect(waits.queuedUs + waits.dispatchDelayUs).toBe(70_000)
})

test('nothing is said of waiting where the hand-over is not known', () => {
  const { timeline } = prepareBatch({ ...batch, source: 'otlp' })
  expect(timeline.rows.every((row) => row.waiting === null)).toBe(true)
  expect(prepareWaits(timeline.rows).known).toBe(false)
})

test('a batch in which nothing ran has rows, no end and no time to divide', () => {
  const calls = [makeWireCall({ start_ms: null, duration_ms: null, outcome: 'unknown' })]
  const { timeline, calls: read } = prepareBatch(makeDetail({ calls }))
  expect(timeline).toMatchObject({ endUs: null, alone: null, extent: { fromUs: 0, toUs: 0 } })
  expect(timeline.rows).toHaveLength(1)
  expect(prepareTurnParts(read, null, null)).toBeNull()
})
