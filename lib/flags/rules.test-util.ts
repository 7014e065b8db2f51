import fc from 'fast-check'
import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES } from '#lib/model/vocabulary.ts'

/** A time at which the rules of a test are looked at. */
export const NOW_MS = 1_700_000_000_000

/** A rule for everything, in force for ever, changed by what a test is about. */
export function ruleOf(id: string, change: Partial<ModeRule> = {}): ModeRule {
  return {
    id,
    environment: null,
    agent: null,
    tool: null,
    mode: 'parallel',
    percentage: null,
    expires_at: null,
    reason: null,
    guard: null,
    set_by: 'local',
    set_at: 0,
    ...change,
  }
}

const orNull = <T>(...values: T[]) => fc.constantFrom(null, ...values)

const anyRule = fc.record({
  environment: orNull('production', 'staging'),
  agent: orNull('kyc', 'triage'),
  tool: orNull('refund'),
  mode: fc.constantFrom(...MODES),
  percentage: fc.oneof(fc.constant(null), fc.constantFrom(0, 10, 25, 50, 100)),
  expires_at: fc.constantFrom(null, null, NOW_MS - 1, NOW_MS + 60_000, NOW_MS + 3_600_000),
})

/** Lists of rules with few names, so that they meet. */
export const anyRules: fc.Arbitrary<ModeRule[]> = fc
  .array(anyRule, { maxLength: 8 })
  .map((changes) => changes.map((change, index) => ruleOf(`r${index}`, change)))
