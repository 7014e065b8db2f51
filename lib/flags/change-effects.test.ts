import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeEffects, listTouched } from './change-effects.ts'
import { describeEnvironment, listEnvironments, listExceptions } from './environment-standing.ts'
import { setScopeMode } from './rule-edits.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'

const rollout = [
  ruleOf('share', { agent: 'kyc', environment: 'production', percentage: 25 }),
  ruleOf('base', { agent: 'kyc', environment: 'production', mode: 'serial' }),
]
const serial = ruleOf('serial', { environment: 'production', mode: 'serial' })

test('a switch of an environment says whom it reaches and whom rules of their own keep', () => {
  const after = setScopeMode(rollout, serial, NOW_MS)
  expect(describeEffects(rollout, after, NOW_MS)).toEqual([
    { tool: null, from: 'parallel', to: 'serial', scopes: ['every other agent in production'] },
  ])
  expect(listExceptions('production', 'serial', after, NOW_MS)).toEqual([
    { agent: 'kyc', shares: [0.25, 0, 0.75] },
  ])
})

test('changes that are alike everywhere are said once', () => {
  expect(describeEffects([], [ruleOf('all', { mode: 'serial' })], NOW_MS)).toEqual([
    { tool: null, from: 'parallel', to: 'serial', scopes: ['every agent everywhere'] },
  ])
  expect(describeEffects([], [serial], NOW_MS)[0]?.scopes).toEqual(['every agent in production'])
  expect(describeEffects([serial], [ruleOf('a', { agent: 'kyc' }), serial], NOW_MS)).toEqual([
    { tool: null, from: 'serial', to: 'parallel', scopes: ['kyc in production'] },
  ])
})

test('a rule for a tool is said of the tool', () => {
  const held = ruleOf('held', { tool: 'refund', mode: 'serial', percentage: 50 })
  expect(describeEffects([], [held], NOW_MS)).toEqual([
    {
      tool: 'refund',
      from: 'as its batch',
      to: '50 % as its batch, 50 % serial',
      scopes: ['every agent everywhere'],
    },
  ])
})

test('an executor is touched exactly when some effect is', () => {
  const executors = ['kyc', 'triage', 'other'].flatMap((agent) =>
    ['production', 'staging', 'other'].map((environment) => ({ agent, environment })),
  )
  fc.assert(
    fc.property(anyRules, anyRules, (before, after) => {
      const isTouching = listTouched(before, after, executors, NOW_MS).length > 0
      expect(isTouching).toBe(describeEffects(before, after, NOW_MS).length > 0)
    }),
  )
})

test('an environment stands by its deciding rule, apart from agents and tools with their own', () => {
  const rules = [...rollout, serial, ruleOf('tool', { tool: 'refund', mode: 'serial' })]
  const standing = describeEnvironment('production', rules, NOW_MS)
  expect([standing.mode, standing.rule?.id]).toEqual(['serial', 'serial'])
  expect(standing.agents.map(({ agent }) => agent)).toEqual(['kyc'])
  expect(standing.toolRules.map(({ id }) => id)).toEqual(['tool'])
  expect(describeEnvironment('staging', rules, NOW_MS)).toMatchObject({
    mode: 'parallel',
    rule: null,
    agents: [],
  })
})

test('environments are those with batches, executors or rules, each once', () => {
  expect(listEnvironments(['b', 'a'], [ruleOf('r', { environment: 'c' })], [{ environment: 'a' }])).toEqual([
    'b',
    'a',
    'c',
  ])
})
