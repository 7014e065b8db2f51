import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromLocalInput, toLocalInput } from './wall-clock.ts'

test('a field shows the wall clock of the zone and means the same instant when read', () => {
  const at = Date.UTC(2026, 10, 20, 2, 12, 9)
  expect(toLocalInput(at, 'Europe/Berlin')).toBe('2026-11-20T03:12:09')
  expect(fromLocalInput('2026-11-20T03:12:09', 'Europe/Berlin')).toBe(at)
  expect(fromLocalInput('2026-11-20T03:12', 'UTC')).toBe(Date.UTC(2026, 10, 20, 3, 12))
  expect(fromLocalInput('', 'UTC')).toBe(null)
  expect(fromLocalInput('soon', 'UTC')).toBe(null)
  expect(toLocalInput(null, 'UTC')).toBe('')
})

test('every instant survives the way there and back, but in the hour that a zone has twice', () => {
  const zones = ['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland', 'Australia/Lord_Howe']
  const start = Date.UTC(2020, 0, 1) / 1000
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: start, max: start + 3e8 }), (zone, second) => {
      const back = fromLocalInput(toLocalInput(second * 1000, zone), zone) ?? Number.NaN
      expect([0, 1_800_000, 3_600_000]).toContain(Math.abs(back - second * 1000))
      expect(toLocalInput(back, zone)).toBe(toLocalInput(second * 1000, zone))
    }),
  )
})
