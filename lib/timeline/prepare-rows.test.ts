import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { anyCalls, makeRows } from './testing/calls.ts'

test('one row for each distinct call id, in the order of emission', () => {
  fc.assert(
    fc.property(anyCalls, (calls) => {
      const rows = makeRows(calls)
      expect(rows.map((row) => row.callId).sort()).toEqual(
        [...new Set(calls.map((call) => call.callId))].sort(),
      )
      expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length)
      const seqs = rows.map((row) => row.seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    }),
  )
})

test('every attempt that ran is a segment of its row, and the stretch of the row holds them all', () => {
  fc.assert(
    fc.property(anyCalls, (calls) => {
      const rows = makeRows(calls)
      for (const row of rows) {
        const ran = calls.filter((call) => call.callId === row.callId && call.startUs !== null)
        expect(row.segments.length).toBe(ran.length)
        expect(row.startUs === null).toBe(ran.length === 0)
        const starts = row.segments.map((segment) => segment.startUs)
        expect(starts).toEqual([...starts].sort((a, b) => a - b))
        for (const segment of row.segments) {
          expect(segment.startUs).toBeGreaterThanOrEqual(row.startUs ?? Number.NaN)
          expect(segment.endUs).toBeLessThanOrEqual(row.endUs ?? Number.NaN)
        }
      }
    }),
  )
})

test('any permutation of the calls gives the same rows', () => {
  fc.assert(
    fc.property(
      anyCalls.chain((calls) =>
        fc.tuple(
          fc.constant(calls),
          fc.shuffledSubarray(calls, { minLength: calls.length, maxLength: calls.length }),
        ),
      ),
      ([calls, shuffled]) => {
        expect(makeRows(shuffled)).toEqual(makeRows(calls))
      },
    ),
  )
})

/*
 *   #1 ├─x        #2 ├───┤      the first attempt was replaced; the row ends as the second did
 */
test('all but the last attempt count as replaced, and the row ends as its last attempt did', () => {
  const [row] = makeRows([
    makeCall({ attempt: 2, startUs: 50, durationUs: 20 }),
    makeCall({ attempt: 1, startUs: 0, durationUs: 10, outcome: 'error', errorCode: '503' }),
  ])
  expect(row?.segments.map(({ attempt, replaced }) => [attempt, replaced])).toEqual([
    [1, true],
    [2, false],
  ])
  expect(row).toMatchObject({ outcome: 'ok', attempts: 2, startUs: 0, endUs: 70 })
})
