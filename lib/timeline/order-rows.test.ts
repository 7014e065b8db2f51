import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { durationUs, orderRows, ROW_ORDERS } from './order-rows.ts'
import { anyRows, makeRows } from './testing/calls.ts'

test('ordering is a permutation and leaves its input as it was', () => {
  fc.assert(
    fc.property(anyRows, fc.constantFrom(...ROW_ORDERS), (rows, order) => {
      const before = [...rows]
      const ordered = orderRows(rows, order)
      expect(rows).toEqual(before)
      expect(new Set(ordered)).toEqual(new Set(rows))
      expect(ordered.length).toBe(rows.length)
    }),
  )
})

test('calls without times come last wherever the order is one of time', () => {
  fc.assert(
    fc.property(anyRows, fc.constantFrom('start' as const, 'duration' as const), (rows, order) => {
      const timed = orderRows(rows, order).map((row) => row.startUs !== null)
      expect(timed).toEqual([...timed].sort((a, b) => Number(b) - Number(a)))
    }),
  )
})

test('by start the first is first, by duration the longest, and equals keep the order of emission', () => {
  const rows = makeRows([
    makeCall({ callId: 'a', seq: 0, startUs: 30, durationUs: 10, tool: 'z' }),
    makeCall({ callId: 'b', seq: 1, startUs: 10, durationUs: 40, tool: 'y' }),
    makeCall({ callId: 'c', seq: 2, startUs: 10, durationUs: 40, tool: 'z' }),
    makeCall({ callId: 'd', seq: 3, startUs: null, durationUs: null, outcome: 'never-ran', tool: 'a' }),
  ])
  const ids = (order: (typeof ROW_ORDERS)[number]) =>
    orderRows(rows, order)
      .map((row) => row.callId)
      .join('')
  expect(ids('emitted')).toBe('abcd')
  expect(ids('start')).toBe('bcad')
  expect(ids('duration')).toBe('bcad')
  expect(ids('tool')).toBe('dbac')
})

test('a duration is the first start to the last end, over all attempts', () => {
  const [row] = makeRows([
    makeCall({ attempt: 1, startUs: 5, durationUs: 10, outcome: 'error' }),
    makeCall({ attempt: 2, startUs: 40, durationUs: 20 }),
  ])
  expect(row && durationUs(row)).toBe(55)
})
