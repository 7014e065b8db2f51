import { expect, test } from 'vitest'
import type { Executor, ModeRule } from '#lib/contract/mode.ts'
import { isLoosening } from '#lib/flags/loosening.ts'
import { describeEnvironments, planSerialNow } from './mode-strip-model.ts'

const NOW = 1_000_000

const rule = (id: string, change: Partial<ModeRule>): ModeRule => ({
  id,
  environment: null,
  agent: null,
  tool: null,
  mode: 'parallel',
  percentage: null,
  expires_at: null,
  reason: 'because',
  set_by: 'local',
  set_at: 0,
  ...change,
})

const executor = (environment: string, applied: number | null, connected = true): Executor => ({
  executor_id: `${environment}-${applied}-${connected}`,
  agent: 'a',
  environment,
  connected,
  connected_at: 0,
  last_seen_at: 0,
  applied_revision: applied,
  applied_at: null,
  applied_after_ms: null,
})

const asRules = (plan: ReturnType<typeof planSerialNow>): ModeRule[] =>
  plan.rules.map((input, index) => rule(input.id ?? `new-${index}`, input as Partial<ModeRule>))

test('one rule takes the place of all rules for the environment, the others keep theirs', () => {
  const rules = [
    rule('tool', { tool: 'send_email', mode: 'serial' }),
    rule('share', { environment: 'production', percentage: 25 }),
    rule('agent', { environment: 'production', agent: 'kyc' }),
    rule('rest', { environment: 'production', mode: 'reads-only' }),
    rule('staging', { environment: 'staging', mode: 'reads-only' }),
  ]
  const plan = planSerialNow(rules, 'production', NOW)
  expect(plan.rules.map((input) => [input.id ?? 'new', input.environment, input.mode])).toEqual([
    ['tool', null, 'serial'],
    ['new', 'production', 'serial'],
    ['agent', 'production', 'parallel'],
    ['staging', 'staging', 'reads-only'],
  ])
  expect(plan.replaced.map(({ id }) => id)).toEqual(['share', 'rest'])
  expect(plan.exceptions.map(({ id }) => id)).toEqual(['agent'])
})

test('it never loosens, so it needs no reason', () => {
  const lists = [
    [],
    [rule('a', { environment: 'production', mode: 'reads-only' })],
    [rule('a', { environment: 'production', mode: 'serial', expires_at: NOW + 1 })],
    [rule('a', { mode: 'serial', percentage: 50 }), rule('b', { agent: 'x', mode: 'reads-only' })],
  ]
  for (const rules of lists) {
    const plan = planSerialNow(rules, 'production', NOW)
    expect(isLoosening(rules, asRules(plan), NOW)).toBe(false)
    const [state] = describeEnvironments(
      ['production'],
      { revision: 1, default: 'parallel', rules: asRules(plan) },
      [],
      NOW,
    )
    expect(state?.mode).toBe('serial')
  }
})

test('an ended rule for an agent is no exception', () => {
  const rules = [rule('old', { agent: 'x', expires_at: NOW })]
  expect(planSerialNow(rules, 'production', NOW).exceptions).toEqual([])
})

test('the note tells how many executors have applied the last change', () => {
  const executors = [
    executor('production', 7),
    executor('production', 6),
    executor('production', null, false),
    executor('staging', 7),
  ]
  const rules = [rule('a', { environment: 'staging', mode: 'serial', expires_at: NOW + 7_200_000 })]
  const mode = { revision: 7, default: 'parallel' as const, rules }
  const note = (environment: string, list: Executor[] | null = executors) =>
    describeEnvironments([environment], mode, list, NOW).find((state) => state.environment === environment)
      ?.note
  expect(note('production')).toBe('1 of 2 executors applied #7')
  expect(note('staging')).toBe('1 executor, ends in 2 h')
  expect(note('other')).toBe('no executor')
  expect(note('other', null)).toBe('')
})
