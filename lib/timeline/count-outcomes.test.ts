import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOutcomes } from './count-outcomes.ts'
import { anyCalls, makeRows } from './testing/calls.ts'

test('counts add up to the distinct calls, however often each was tried', () => {
  fc.assert(
    fc.property(anyCalls, (calls) => {
      const counts = Object.values(countOutcomes(makeRows(calls)))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
        new Set(calls.map((call) => call.callId)).size,
      )
    }),
  )
})
