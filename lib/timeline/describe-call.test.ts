import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { describeCall } from './describe-call.ts'
import type { Timeline } from './model.ts'
import { makeRows } from './testing/calls.ts'

const sayNeverRan = (errorCode: string) => {
  const rows = makeRows([makeCall({ outcome: 'never-ran', errorCode, startUs: null, durationUs: null })])
  return rows.map((row) => describeCall(row, { rows } as Timeline)).join()
}

test("a call that never ran is said to be so in words where the code is the SDK's own", () => {
  expect(sayNeverRan('circuit-open')).toBe(
    'Never ran: its tool had failed too often, and its circuit was open.',
  )
  expect(sayNeverRan('sibling-failed')).toBe('Never ran: a sibling that the others need had failed.')
})

test('and as the code stands where it is not, whatever it is', () => {
  expect(sayNeverRan('not_approved')).toBe('Never ran: not_approved.')
  expect(sayNeverRan('constructor')).toBe('Never ran: constructor.')
})
