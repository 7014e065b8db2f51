import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatDuration,
  formatDurationParts,
  formatExactMs,
  formatOffset,
  formatThreeDigits,
} from './duration.ts'
import { formatBytes, formatCount, formatNoun, formatPercent, formatShortCount } from './number.ts'
import { formatSignature, middleTruncate } from './text.ts'
import {
  formatAge,
  formatClock,
  formatDateTime,
  formatDay,
  formatMoment,
  formatRange,
  formatStep,
  formatWindow,
  formatZoneName,
  isSameDay,
} from './time.ts'

describe('formatDuration', () => {
  test.each([
    [0, '0 ms'],
    [0.41, '410 µs'],
    [34.81, '34.8 ms'],
    [812.6, '813 ms'],
    [2137, '2.14 s'],
    [53.4, '53.4 ms'],
    [47_900, '47.9 s'],
    [170_000, '2 min 50 s'],
    [840_000, '14 min'],
    [21_720_000, '6 h 02 min'],
    [45_000_000, '12.5 h'],
    [276_480_000, '3.20 d'],
    [-151, '\u2212151 ms'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test.each([
    [999.6, '1.00 s'],
    [59_960, '1 min 00 s'],
    [599_600, '10 min'],
    [3_599_000, '1 h 00 min'],
    [0.9999, '1.00 ms'],
  ])('rounding %d ms carries into the next unit', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('shows at most three digits and never an overflowing unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 8.64e9, noNaN: true }), (ms) => {
        const parts = formatDurationParts(ms)
        const digits = parts
          .map((part) => part.value)
          .join('')
          .replace(/\D/g, '')
          .replace(/^0+/, '')
        expect(digits.length).toBeLessThanOrEqual(3)
        for (const { value, unit } of parts) {
          const limit = { µs: 1000, ms: 1000, s: 60, min: 60, h: 48, d: 1e9 }[unit]
          expect(Number(value)).toBeLessThan(limit ?? 0)
        }
      }),
    )
  })

  test('stays within half of its last digit of the true value', () => {
    const unitMs: Record<string, number> = {
      µs: 0.001,
      ms: 1,
      s: 1000,
      min: 60_000,
      h: 3_600_000,
      d: 86_400_000,
    }
    fc.assert(
      fc.property(fc.double({ min: 1, max: 8.64e7, noNaN: true }), (ms) => {
        const shown = formatDurationParts(ms).reduce(
          (sum, { value, unit }) => sum + Number(value) * (unitMs[unit] ?? Number.NaN),
          0,
        )
        // The coarsest rounding is whole minutes from ten minutes on: 5 %.
        expect(Math.abs(shown - ms) / ms).toBeLessThan(0.051)
      }),
    )
  })
})

test('exact values keep microseconds and offsets keep their sign', () => {
  expect(formatExactMs(2137.041)).toBe('2,137.041 ms')
  expect(formatExactMs(934)).toBe('934 ms')
  expect(formatOffset(1201.13)).toBe('+1,201.1 ms')
  expect(formatOffset(-0.41)).toBe('\u22120.4 ms')
  expect(formatOffset(-0.01)).toBe('+0.0 ms')
})

test('three digits never use an exponent', () => {
  expect(formatThreeDigits(0.00412)).toBe('0.00412')
  expect(formatThreeDigits(9.999)).toBe('10.0')
  expect(formatThreeDigits(99.96)).toBe('100')
  expect(formatThreeDigits(12_841)).toBe('12,841')
})

test('counts, shares and bytes', () => {
  expect(formatCount(12_841)).toBe('12,841')
  expect(formatShortCount(12_841)).toBe('12.8 k')
  expect(formatShortCount(4_100_000)).toBe('4.10 M')
  expect(formatPercent(0.9467)).toBe('94.7 %')
  expect(formatPercent(1)).toBe('100 %')
  expect(formatBytes(412)).toBe('412 B')
  expect(formatBytes(3100)).toBe('3.10 kB')
  expect(formatNoun(1, 'batch', 'batches')).toBe('1 batch')
  expect(formatNoun(12, 'batch', 'batches')).toBe('12 batches')
})

test('a share that is neither none nor all never reads as 0 % or 100 %', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }), (share) => {
      expect(['0 %', '100 %']).not.toContain(formatPercent(share))
    }),
  )
})

describe('middleTruncate', () => {
  test('keeps both ends and never exceeds the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, max) => {
        const cut = middleTruncate(text, max)
        expect(Array.from(cut).length).toBeLessThanOrEqual(Math.max(max, 3))
        if (Array.from(text).length <= max) expect(cut).toBe(text)
      }),
    )
  })

  test('does not tear a surrogate pair', () => {
    expect(middleTruncate('\u{1F600}'.repeat(9), 5)).toBe(
      `${'\u{1F600}'.repeat(2)}\u2026${'\u{1F600}'.repeat(2)}`,
    )
  })
})

test('a long signature names its first and last tools and how many there are', () => {
  expect(formatSignature('a+b', 20)).toEqual({ text: 'a+b', tools: 2 })
  expect(formatSignature('check_fraud+get_customer+get_order+get_payment+list_refunds', 44)).toEqual({
    text: 'check_fraud+get_customer+ \u2026 +list_refunds',
    tools: 5,
  })
})

describe('times', () => {
  const at = Date.UTC(2026, 10, 20, 2, 12, 9, 852)

  test('are told in the zone that is asked for', () => {
    expect(formatClock(at, 'UTC')).toBe('02:12:09')
    expect(formatClock(at, 'Europe/Berlin')).toBe('03:12:09')
    expect(formatDateTime(at, 'UTC', at)).toBe('20 Nov 02:12:09.852')
    expect(formatZoneName(at, 'UTC')).toBe('UTC')
  })

  test('carry the day only when it is not today, and the year only when it is not this one', () => {
    expect(formatMoment(at, 'UTC', at + 3_600_000)).toBe('02:12:09')
    expect(formatMoment(at, 'UTC', at + 86_400_000)).toBe('20 Nov 02:12:09')
    expect(formatDay(at, 'UTC', at + 366 * 86_400_000)).toBe('20 Nov 2026')
    expect(formatDay(Date.UTC(2026, 8, 5), 'UTC', at)).toBe('5 Sep')
  })

  test('midnight belongs to the day that it opens', () => {
    expect(formatClock(Date.UTC(2026, 0, 1), 'UTC')).toBe('00:00:00')
    expect(isSameDay(Date.UTC(2026, 0, 1), Date.UTC(2025, 11, 31, 23, 59), 'UTC')).toBe(false)
  })

  test('ages and steps read in whole units', () => {
    expect(formatAge(400)).toBe('just now')
    expect(formatAge(9_400)).toBe('9 s ago')
    expect(formatAge(34 * 60_000)).toBe('34 min ago')
    expect(formatStep(240_000)).toBe('4 min')
    expect(formatStep(86_400_000)).toBe('1 d')
  })

  test('windows say the day once when both ends share it', () => {
    const from = Date.UTC(2026, 10, 20, 2)
    expect(formatWindow(from, from + 75 * 60_000, 'UTC', at)).toBe('20 Nov 02:00 to 03:15')
    expect(formatWindow(from, from + 86_400_000, 'UTC', at)).toBe('20 Nov 02:00 to 21 Nov 02:00')
    expect(formatWindow(from, null, 'UTC', at)).toBe('since 20 Nov 02:00')
    expect(formatWindow(null, from, 'UTC', at)).toBe('until 20 Nov 02:00')
    expect(formatRange('90m')).toBe('90 min')
    expect(formatRange('all')).toBe(null)
  })
})
