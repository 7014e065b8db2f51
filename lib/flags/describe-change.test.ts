import { expect, test } from 'vitest'
import { describeModeChange } from './describe-change.ts'
import { NOW_MS, ruleOf } from './rules.test-util.ts'

const production = { environment: 'production' }
const serial = ruleOf('serial', { ...production, mode: 'serial' })
const reads = ruleOf('reads', { ...production, mode: 'reads-only' })

test('what came and what went is said by whom it touches', () => {
  expect(describeModeChange([], [serial])).toBe('every agent in production to serial')
  expect(describeModeChange([serial], [])).toBe('every agent in production: serial removed')
  const share = ruleOf('share', { agent: 'kyc', percentage: 25, expires_at: NOW_MS })
  expect(describeModeChange([], [share])).toBe('kyc to parallel for 25 % until 2023-11-14T22:13:20.000Z')
  expect(describeModeChange([], [share], () => '23:13')).toBe('kyc to parallel for 25 % until 23:13')
})

test('a rule that takes the place of one for the same runs is one change', () => {
  expect(describeModeChange([reads], [serial])).toBe('every agent in production: reads-only to serial')
})

test('a changed rule says from what to what', () => {
  const share = ruleOf('share', { agent: 'kyc', percentage: 10 })
  const change = (after: Partial<typeof share>) => describeModeChange([share], [{ ...share, ...after }])
  expect(change({ percentage: 25 })).toBe('kyc: parallel for 10 % to 25 %')
  expect(change({ percentage: null })).toBe('kyc: parallel for 10 % to 100 %')
  expect(change({ mode: 'serial' })).toBe('kyc: parallel for 10 % to serial for 10 %')
  expect(change({ reason: 'better' })).toBe('kyc: another reason')
  expect(change({ tool: 'refund' })).toBe(
    'kyc to parallel for 10 % is now refund of kyc to parallel for 10 %',
  )
})

test('a list in another order is said to be one', () => {
  expect(describeModeChange([serial, reads], [reads, serial])).toBe('rules put in another order')
})
