import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModeGuard } from '#lib/contract/mode.ts'
import { concernsRule, fireGuard, isArmed, judgeBatches } from './guard.ts'
import { isLoosening } from './loosening.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'

const guard = (change: Partial<ModeGuard> = {}): ModeGuard => ({
  alert_kinds: ['conflict'],
  max_failing_share: 0.1,
  max_wall_p95_ms: null,
  last_batches: 10,
  cooldown_ms: 60_000,
  fired_at: null,
  fired_because: null,
  ...change,
})

describe('a guard', () => {
  it('never loosens, whatever the rules, and has nothing left to do once it has acted', () => {
    fc.assert(
      fc.property(anyRules, fc.nat(7), (rules, index) => {
        const guarded = rules.map((rule, i) => (i === index ? { ...rule, guard: guard() } : rule))
        const after = fireGuard(guarded, `r${index}`, 'it failed', NOW_MS)
        const rule = after.find(({ id }) => id === `r${index}`)
        if (rule) expect(isArmed(rule, NOW_MS + 3_600_000)).toBe(false)
        const wasLive = guarded.every((one) => one.expires_at === null || one.expires_at > NOW_MS)
        if (wasLive) expect(isLoosening(guarded, after, NOW_MS)).toBe(false)
      }),
    )
  })

  it('is armed while its rule is looser than serial, in force, and out of its cool-down', () => {
    const rule = ruleOf('r', { guard: guard() })
    expect(isArmed(rule, NOW_MS)).toBe(true)
    expect(isArmed({ ...rule, guard: null }, NOW_MS)).toBe(false)
    expect(isArmed({ ...rule, mode: 'serial' }, NOW_MS)).toBe(false)
    expect(isArmed({ ...rule, expires_at: NOW_MS }, NOW_MS)).toBe(false)
    const again = { ...rule, guard: guard({ fired_at: NOW_MS }) }
    expect(isArmed(again, NOW_MS + 59_999)).toBe(false)
    expect(isArmed(again, NOW_MS + 60_000)).toBe(true)
  })

  it('looks at alerts of its kinds that concern its agent, environment and tool', () => {
    const rule = ruleOf('r', { agent: 'kyc', environment: 'production', tool: 'refund', guard: guard() })
    const alert = { kind: 'conflict', agent: 'kyc', environment: 'production', tools: ['refund'] } as const
    expect(concernsRule(rule, alert)).toBe(true)
    expect(concernsRule(rule, { ...alert, agent: '*' })).toBe(true)
    expect(concernsRule(rule, { ...alert, kind: 'convoy' })).toBe(false)
    expect(concernsRule(rule, { ...alert, agent: 'triage' })).toBe(false)
    expect(concernsRule(rule, { ...alert, environment: 'staging' })).toBe(false)
    expect(concernsRule(rule, { ...alert, tools: ['search'] })).toBe(false)
  })
})

describe('the bounds of a guard', () => {
  const batches = (failing: number, n = 10, wallUs = 1_000_000) =>
    Array.from({ length: n }, (_, i) => ({ isFailing: i < failing, wallUs }))

  it('say nothing before there are as many batches as they look at', () => {
    expect(judgeBatches(guard(), batches(9, 9))).toBeNull()
  })

  it('are crossed above them and not at them', () => {
    expect(judgeBatches(guard(), batches(1))).toBeNull()
    expect(judgeBatches(guard(), batches(2))).toBe('2 of the last 10 batches failed, more than 10 %')
    const slow = guard({ max_failing_share: null, max_wall_p95_ms: 1000 })
    expect(judgeBatches(slow, batches(0))).toBeNull()
    expect(judgeBatches(slow, batches(0, 10, 1_500_000))).toBe(
      'p95 of the last 10 batches is 1.50 s, more than 1.00 s',
    )
  })

  it('look at the newest batches alone', () => {
    expect(judgeBatches(guard(), [...batches(10), ...batches(0)])).toBeNull()
  })
})
