import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import type { Call } from '#lib/model/batch.ts'
import { anyCalls } from '#lib/timeline/testing/calls.ts'
import { countUndeclared, findConflicts } from './conflicts.ts'

const parts = (path: string) => path.split('/').filter((part) => part !== '')
const contains = (a: string, b: string) => parts(a).every((part, index) => parts(b)[index] === part)
const touches = (a: string, b: string) => contains(a, b) || contains(b, a)

/** The definition, literally: every pair of attempts of two calls. */
function conflictingPairs(calls: readonly Call[]): Set<string> {
  const pairs = new Set<string>()
  for (const a of calls) {
    for (const b of calls) {
      if (a.callId >= b.callId || a.startUs === null || b.startUs === null) continue
      const overlapUs =
        Math.min(a.startUs + (a.durationUs ?? 0), b.startUs + (b.durationUs ?? 0)) -
        Math.max(a.startUs, b.startUs)
      const shared = a.resources.some((one) => b.resources.some((other) => touches(one, other)))
      if (overlapUs > 0 && shared && !(a.effect === 'read' && b.effect === 'read'))
        pairs.add(`${a.callId} ${b.callId}`)
    }
  }
  return pairs
}

test('finds exactly the pairs that overlap on one resource with something other than reads among them', () => {
  fc.assert(
    fc.property(anyCalls, (calls) => {
      const found = findConflicts(calls).found.map(({ callIds }) => [...callIds].sort().join(' '))
      expect(new Set(found)).toEqual(conflictingPairs(calls))
      expect(new Set(found).size).toBe(found.length)
    }),
    { numRuns: 500 },
  )
})

test('permuting the calls changes nothing', () => {
  const anyShuffle = anyCalls.chain((calls) =>
    fc.tuple(
      fc.constant(calls),
      fc.shuffledSubarray(calls, { minLength: calls.length, maxLength: calls.length }),
    ),
  )
  fc.assert(
    fc.property(anyShuffle, ([calls, shuffled]) => {
      const withOneSeqEach = (list: readonly Call[]) =>
        // Attempts of one call share what was declared; a sender that differs between them has no order to keep.
        list.map((call) => ({
          ...call,
          seq: call.callId.charCodeAt(0),
          effect: 'write' as const,
          tool: call.callId,
        }))
      expect(findConflicts(withOneSeqEach(shuffled))).toEqual(findConflicts(withOneSeqEach(calls)))
    }),
  )
})

describe('a pair of calls on one resource', () => {
  const pair = (a: Partial<Call>, b: Partial<Call>) =>
    findConflicts([
      makeCall({ callId: 'a', seq: 0, resources: ['orders/1042'], ...a }),
      makeCall({ callId: 'b', seq: 1, resources: ['orders/1042'], ...b }),
    ]).found

  test('conflicts when one writes, for as long as they overlap', () => {
    expect(pair({ effect: 'write' }, { startUs: 400 })).toEqual([
      {
        callIds: ['a', 'b'],
        tools: ['tool', 'tool'],
        effects: ['write', 'read'],
        certainty: 'certain',
        resources: ['orders/1042'],
        overlapUs: 600,
      },
    ])
  })

  test('is only possible where nothing says that either writes, and certain where one does', () => {
    expect(pair({ effect: 'unknown' }, {})[0]?.certainty).toBe('possible')
    expect(pair({ effect: 'unknown' }, { effect: 'unknown' })[0]?.certainty).toBe('possible')
    expect(pair({ effect: 'unknown' }, { effect: 'read-modify-write' })[0]?.certainty).toBe('certain')
  })

  test('conflicts through containment, not through a common beginning of the name', () => {
    expect(pair({ effect: 'write', resources: ['orders'] }, {})[0]?.resources).toEqual(['orders'])
    expect(pair({ effect: 'write', resources: ['orders/104'] }, {})).toEqual([])
    expect(pair({ effect: 'write', resources: ['/'] }, {})[0]?.resources).toEqual(['/'])
  })

  test('does not conflict when one ends as the other starts, nor when both read', () => {
    expect(pair({ effect: 'write' }, { startUs: 1000 })).toEqual([])
    expect(pair({}, {})).toEqual([])
  })

  test('does not conflict with its own other attempt', () => {
    expect(pair({ effect: 'write' }, { callId: 'a', attempt: 2, effect: 'write' })).toEqual([])
  })
})

test('a crowd of writers on one resource stops at the limit and says so; a crowd of readers costs nothing', () => {
  const crowd = (effect: Call['effect']) =>
    Array.from({ length: 3000 }, (_, seq) => makeCall({ callId: `c${seq}`, seq, effect, resources: ['a'] }))
  const { found, truncated } = findConflicts(crowd('write'), 50)
  expect([found.length, truncated]).toEqual([50, true])
  expect(findConflicts(crowd('read'))).toEqual({ found: [], truncated: false })
})

test('counts the calls that ran, and those of them that declare nothing', () => {
  const calls = [
    makeCall({ callId: 'a', attempt: 1 }),
    makeCall({ callId: 'a', attempt: 2, resources: ['x'] }),
    makeCall({ callId: 'b' }),
    makeCall({ callId: 'c', startUs: null, durationUs: null, outcome: 'never-ran' }),
  ]
  expect(countUndeclared(calls)).toEqual({ ran: 2, undeclared: 1 })
})
