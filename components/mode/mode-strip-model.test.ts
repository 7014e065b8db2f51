import { expect, test } from 'vitest'
import type { Executor, ModeRule } from '#lib/contract/mode.ts'
import { describeEnvironments } from './mode-strip-model.ts'

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
  guard: null,
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
