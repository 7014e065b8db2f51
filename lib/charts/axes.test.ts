import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prepareTimeAxis } from './time-axis.ts'
import { prepareAxis, prepareDurationAxis } from './value-axis.ts'

const labels = (axis: { ticks: readonly { label: string }[] }) => axis.ticks.map((tick) => tick.label)

describe('value axis', () => {
  test('an axis of durations has one unit and round steps', () => {
    expect(labels(prepareDurationAxis(1860))).toEqual(['0', '0.5 s', '1.0 s', '1.5 s', '2.0 s'])
    expect(labels(prepareDurationAxis(813))).toEqual(['0', '500 ms', '1,000 ms'])
    expect(labels(prepareDurationAxis(0.09))).toEqual(['0', '50 µs', '100 µs'])
    expect(labels(prepareDurationAxis(400_000))).toEqual(['0', '2 min', '4 min', '6 min', '8 min'])
  })

  test('a value on the last tick asks for no further step', () => {
    expect(labels(prepareDurationAxis(2000))).toEqual(['0', '0.5 s', '1.0 s', '1.5 s', '2.0 s'])
    expect(prepareAxis(0.3).max).toBeCloseTo(0.3)
  })

  test('without a value above zero there is still an axis', () => {
    for (const max of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(labels(prepareDurationAxis(max))).toEqual(['0', '0.5 ms', '1.0 ms'])
    }
  })

  test('every value is held, in no more steps than asked, and no two labels are the same', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1e9, noNaN: true }),
        fc.integer({ min: 2, max: 8 }),
        (max, steps) => {
          const axis = prepareDurationAxis(max, steps)
          expect(axis.max).toBeGreaterThanOrEqual(max * (1 - 1e-6))
          expect(axis.max).toBeLessThanOrEqual(max * 6)
          expect(axis.ticks.length).toBeLessThanOrEqual(steps + 1)
          expect(new Set(labels(axis)).size).toBe(axis.ticks.length)
        },
      ),
    )
  })
})

describe('time axis', () => {
  const at = (iso: string) => Date.parse(iso)

  test('ticks are round times of the zone and a midnight is its day', () => {
    const span = { fromMs: at('2026-11-20T02:10:00Z'), toMs: at('2026-11-21T02:10:00Z') }
    expect(labels({ ticks: prepareTimeAxis(span, 'Europe/Berlin', 5) })).toEqual([
      '06:00',
      '12:00',
      '18:00',
      '21 Nov',
    ])
    expect(labels({ ticks: prepareTimeAxis(span, 'Asia/Kolkata', 5) })).toEqual([
      '12:00',
      '18:00',
      '21 Nov',
      '06:00',
    ])
  })

  test('a change of the clocks moves no tick off its hour', () => {
    // Berlin goes from +2 to +1 at 01:00 UTC.
    const span = { fromMs: at('2026-10-24T10:00:00Z'), toMs: at('2026-10-26T10:00:00Z') }
    expect(labels({ ticks: prepareTimeAxis(span, 'Europe/Berlin', 4) })).toEqual([
      '12:00',
      '25 Oct',
      '12:00',
      '26 Oct',
    ])
  })

  test('a span of no length has no ticks', () => {
    expect(prepareTimeAxis({ fromMs: 5, toMs: 5 }, 'UTC', 4)).toEqual([])
  })

  test('ticks rise, lie inside the span and are at most as many as asked', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    )
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.integer({ min: 60_000, max: 90 * 86_400_000 }),
        zones,
        (fromMs, lengthMs, zone) => {
          const ticks = prepareTimeAxis({ fromMs, toMs: fromMs + lengthMs }, zone, 6)
          expect(ticks.length).toBeLessThanOrEqual(8)
          for (const [index, tick] of ticks.entries()) {
            expect(tick.atMs).toBeLessThan(fromMs + lengthMs)
            if (index > 0) expect(tick.atMs).toBeGreaterThan(ticks[index - 1]?.atMs ?? 0)
          }
        },
      ),
    )
  })
})
