import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { foldRows } from './fold-rows.ts'
import type { CallRow } from './model.ts'
import { describeRow, formatCursorOffset, formatFoldNote, formatRowNote } from './row-notes.ts'
import { makeRows } from './testing/calls.ts'

const TOOLS = new Map([['b', 'check_fraud']])

function noteOf(given: Parameters<typeof makeCall>[0], slowest = false, wide = false): string | null {
  const [row] = makeRows([makeCall(given)], slowest ? 'a' : null)
  const alone = slowest ? { key: 'call:a', fromUs: 66_000, toUs: 1_000_000 } : null
  return formatRowNote(row as CallRow, alone, TOOLS, wide)
}

test('a note says what is on record and guesses nothing', () => {
  expect(noteOf({})).toBeNull()
  expect(noteOf({ outcome: 'error' })).toBe('error')
  expect(noteOf({ outcome: 'error', errorCode: '429 rate_limited' })).toBe('429 rate_limited')
  expect(noteOf({ outcome: 'timeout', durationUs: 1_200_000 })).toBe('timeout after 1.20 s')
  expect(noteOf({ outcome: 'cancelled', group: 'fraud-gate' })).toBe('cancelled, group fraud-gate')
  const untimed = { startUs: null, durationUs: null }
  expect(noteOf({ ...untimed, outcome: 'never-ran' })).toBe('never ran')
  expect(noteOf({ ...untimed, outcome: 'never-ran', dependsOn: ['b', 'c'] })).toBe(
    'never ran: needs check_fraud, c',
  )
  expect(noteOf({ ...untimed, outcome: 'unknown' })).toBe('unknown: seen only as emitted')
})

test('the slowest sibling is named as such, with its price where there is room, and with its failure', () => {
  expect(noteOf({}, true)).toBe('slowest')
  expect(noteOf({}, true, true)).toBe('slowest, alone 934 ms')
  expect(noteOf({ outcome: 'error', errorCode: '500' }, true)).toBe('slowest, 500')
})

test('names of strangers are cut in their middle', () => {
  const note = noteOf({ outcome: 'error', errorCode: 'x'.repeat(5000) })
  expect(note?.length).toBeLessThanOrEqual(40)
  expect(note).toContain('\u2026')
})

test('a cursor is exact to a tenth of a millisecond, and to the microsecond where the plot resolves it', () => {
  expect(formatCursorOffset(1_201_100, 3000)).toBe('+1,201.1 ms')
  expect(formatCursorOffset(1_201_123, 1)).toBe('+1,201.123 ms')
  expect(formatCursorOffset(-5, 1)).toBe('\u22120.005 ms')
  expect(formatCursorOffset(-0.2, 1)).toBe('+0.000 ms')
})

test('a row in a sentence names its tool, effect, outcome and time', () => {
  const [row] = makeRows([makeCall({ tool: 'get_order', startUs: 900, durationUs: 118_000 })], 'a')
  expect(describeRow(row as CallRow)).toBe('get_order, read, ok, 118 ms, from +0.9 ms, slowest sibling')
  const calls = [1, 2, 3].map((seq) => makeCall({ callId: `c${seq}`, seq, durationUs: 118_000 }))
  const [fold] = foldRows(makeRows(calls), { open: new Set(), aboveRows: 0, leastMembers: 2 })
  expect(fold && describeRow(fold)).toBe('tool, 3 calls, ok, folded')
  expect(fold?.kind === 'fold' && formatFoldNote(fold)).toBe('median 118 ms, at most 3 in flight')
})
