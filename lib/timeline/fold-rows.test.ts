import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { foldKey, foldRows, isFoldable } from './fold-rows.ts'
import type { CallRow, Row } from './model.ts'
import { orderRows, ROW_ORDERS } from './order-rows.ts'
import { anyRows, makeRows } from './testing/calls.ts'

const ALWAYS = { aboveRows: 0, leastMembers: 2 }

function callsIn(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    if (row.kind === 'call') return row.nested ? [] : [row.callId]
    return row.members.map((member) => member.callId)
  })
}

test('every call is in the result exactly once, as a row of its own or as a member of one fold', () => {
  fc.assert(
    fc.property(anyRows, fc.constantFrom(...ROW_ORDERS), (rows, order) => {
      const folded = foldRows(orderRows(rows, order), { open: new Set(), ...ALWAYS })
      expect(callsIn(folded).sort()).toEqual(rows.map((row) => row.callId).sort())
    }),
  )
})

test('the rows of an open fold follow it, in order, marked as nested', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const open = new Set(rows.map(foldKey))
      const folded = foldRows(rows, { open, ...ALWAYS })
      folded.forEach((row, index) => {
        if (row.kind !== 'fold') return
        const following = folded.slice(index + 1, index + 1 + row.members.length) as CallRow[]
        expect(following.map((member) => member.callId)).toEqual(row.members.map((member) => member.callId))
        expect(following.every((member) => member.nested)).toBe(true)
      })
    }),
  )
})

test('members of a fold have one tool, one effect and one outcome, so no failure hides behind a success', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      for (const row of foldRows(rows, { open: new Set(), ...ALWAYS })) {
        if (row.kind !== 'fold') continue
        for (const member of row.members) expect(foldKey(member)).toBe(row.key)
      }
    }),
  )
})

test('the slowest sibling is never folded', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const folded = foldRows(rows, { open: new Set(), ...ALWAYS })
      const slowest = rows.find((row) => row.slowest)
      if (slowest) expect(folded).toContain(slowest)
    }),
  )
})

test('foldable is whatever folding changes', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 2, max: 6 }), (rows, leastMembers) => {
      const folded = foldRows(rows, { open: new Set(), aboveRows: 0, leastMembers })
      expect(isFoldable(rows, { aboveRows: 0, leastMembers })).toBe(folded.some((row) => row.kind === 'fold'))
    }),
  )
})

test('below the threshold nothing changes', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      expect(foldRows(rows, { open: new Set() })).toBe(rows)
      expect(foldRows(rows, { open: new Set(), aboveRows: 0, leastMembers: 100 })).toEqual(rows)
    }),
  )
})

test('a fold tells when it began, ended, and when half of its members had ended', () => {
  const calls = [10, 20, 30, 1000].map((durationUs, seq) => makeCall({ callId: `c${seq}`, seq, durationUs }))
  const [fold] = foldRows(makeRows(calls), { open: new Set(), ...ALWAYS })
  expect(fold).toMatchObject({
    kind: 'fold',
    startUs: 0,
    endUs: 1000,
    medianEndUs: 20,
    medianDurationUs: 20,
    inFlight: { peak: 4 },
  })
})
