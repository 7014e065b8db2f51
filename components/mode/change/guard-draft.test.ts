import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ModeGuard } from '#lib/contract/mode.ts'
import { modeGuardInputSchema } from '#lib/contract/mode.ts'
import { sameGuard } from '#lib/flags/guard.ts'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import { draftGuard, findGuardFaults, resolveGuard } from './guard-draft.ts'

const anyGuard: fc.Arbitrary<ModeGuard> = fc.record({
  alert_kinds: fc.constantFrom(null, ['conflict' as const], [...ALERT_KINDS]),
  max_failing_share: fc.constantFrom(0, 0.01, 0.05, 0.333, 1),
  max_wall_p95_ms: fc.constantFrom(null, 1, 2500.5),
  last_batches: fc.integer({ min: 10, max: 1000 }),
  cooldown_ms: fc.integer({ min: 0, max: 1000 }).map((minutes) => minutes * 60_000),
  fired_at: fc.constantFrom(null, 1_790_000_000_000),
  fired_because: fc.constant(null),
})

it('a guard that nobody touched in the form stays as it is, and is one that the server takes', () => {
  fc.assert(
    fc.property(anyGuard, (guard) => {
      const resolved = resolveGuard(draftGuard(guard), guard) ?? null
      expect(sameGuard(resolved, guard)).toBe(true)
      expect(resolved?.fired_at).toBe(guard.fired_at)
      expect(modeGuardInputSchema.safeParse(resolved).success).toBe(true)
    }),
  )
})

it('is none while it is off, whatever the fields hold', () => {
  expect(resolveGuard({ ...draftGuard(null), failing: 'x' }, null)).toBeNull()
})

it.each([
  ['failing', '101'],
  ['failing', '-1'],
  ['wallMs', '0'],
  ['lastBatches', '9'],
  ['lastBatches', '10.5'],
  ['lastBatches', ''],
  ['cooldownMin', 'soon'],
] as const)('names the field that is wrong: %s = %s', (field, text) => {
  const draft = { ...draftGuard(null), isOn: true, [field]: text }
  expect(findGuardFaults(draft)[field]).toBe(true)
  expect(resolveGuard(draft, null)).toBeUndefined()
})

it('is wrong as a whole when it names nothing to act on', () => {
  const draft = { ...draftGuard(null), isOn: true, kinds: [], failing: '', wallMs: '' }
  expect(findGuardFaults(draft).nothing).toBe(true)
  expect(resolveGuard(draft, null)).toBeUndefined()
})
