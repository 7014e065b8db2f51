import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyWindow } from './testing/calls.ts'
import { formatWindowParam, parseWindowParam } from './window-param.ts'

test('what is written is read back to within a ten-thousandth of its span', () => {
  fc.assert(
    fc.property(anyWindow, (window) => {
      const read = parseWindowParam(formatWindowParam(window))
      const slackUs = (window.toUs - window.fromUs) / 10_000
      expect(Math.abs((read?.fromUs ?? Number.NaN) - window.fromUs)).toBeLessThanOrEqual(slackUs)
      expect(Math.abs((read?.toUs ?? Number.NaN) - window.toUs)).toBeLessThanOrEqual(slackUs)
    }),
  )
})

test('is short for people', () => {
  expect(formatWindowParam({ fromUs: 1_201_100, toUs: 2_137_000 })).toBe('1201.1..2137')
  expect(formatWindowParam({ fromUs: -120_500, toUs: 0 })).toBe('-120.5..0')
})

test.each(['', '1', '1..', '..2', '2..1', '1..1', 'a..b', '1e3..2e3', 'NaN..1', '1..2..3', '-..5', ' 1..2'])(
  'text that is no window is null: %j',
  (text) => {
    expect(parseWindowParam(text)).toBeNull()
  },
)

test('no text makes it throw or yield a window without span', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const window = parseWindowParam(text)
      expect(window === null || window.toUs > window.fromUs).toBe(true)
    }),
  )
})
