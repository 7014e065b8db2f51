import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderRules } from './effective-order.ts'
import { evaluateMode, stickyPercent } from './evaluate-mode.ts'
import { isLive, matchesScope } from './precedence.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'
import { traceMode } from './trace-mode.ts'

const anyScope = fc.record({
  agent: fc.constantFrom('kyc', 'triage', 'other'),
  environment: fc.constantFrom('production', 'staging', 'other'),
})

test('the first rule in this order that takes a run is the one that decides it', () => {
  fc.assert(
    fc.property(anyRules, anyScope, fc.string(), (rules, scope, runId) => {
      const first = orderRules(rules, NOW_MS).find(
        ({ rule }) =>
          rule.tool === null &&
          isLive(rule, NOW_MS) &&
          matchesScope(rule, scope) &&
          (rule.percentage === null || stickyPercent(rule.id, runId) < rule.percentage),
      )
      expect(first?.rule ?? null).toBe(evaluateMode(rules, scope, runId, NOW_MS).rule)
    }),
  )
})

test('a rule that another one hides never decides', () => {
  fc.assert(
    fc.property(anyRules, anyScope, fc.string(), (rules, scope, runId) => {
      const hidden = orderRules(rules, NOW_MS).filter(({ hiddenBy }) => hiddenBy !== null)
      const deciding = evaluateMode(rules, scope, runId, NOW_MS).rule
      expect(hidden.map(({ rule }) => rule)).not.toContain(deciding)
    }),
  )
})

test('every rule has its number once, and tool rules come last', () => {
  const rules = [
    ruleOf('tool', { tool: 'refund', agent: 'kyc' }),
    ruleOf('any'),
    ruleOf('environment', { environment: 'production' }),
    ruleOf('both', { agent: 'kyc', environment: 'production' }),
    ruleOf('agent', { agent: 'kyc' }),
  ]
  const ordered = orderRules(rules, NOW_MS)
  expect(ordered.map(({ rule, number }) => [number, rule.id])).toEqual([
    [1, 'both'],
    [2, 'agent'],
    [3, 'environment'],
    [4, 'any'],
    [5, 'tool'],
  ])
})

test('rules of one scope stand together and know their neighbours', () => {
  const share = ruleOf('share', { agent: 'kyc', percentage: 25 })
  const other = ruleOf('other', { agent: 'triage' })
  const whole = ruleOf('whole', { agent: 'kyc' })
  const under = ruleOf('under', { agent: 'kyc', mode: 'serial' })
  const ordered = orderRules([share, other, whole, under], NOW_MS)
  expect(ordered.map(({ rule }) => rule.id)).toEqual(['share', 'whole', 'under', 'other'])
  expect(ordered.map(({ above, below }) => [above?.id, below?.id])).toEqual([
    [undefined, 'whole'],
    ['share', 'under'],
    ['whole', undefined],
    [undefined, undefined],
  ])
  expect(ordered.map(({ hiddenBy }) => hiddenBy)).toEqual([null, null, 2, null])
})

test('a trace ends at the rule that decides, and names no mode where only a run could', () => {
  fc.assert(
    fc.property(anyRules, anyScope, fc.string(), (rules, scope, runId) => {
      const trace = traceMode(rules, scope, runId, NOW_MS)
      const decision = evaluateMode(rules, scope, runId, NOW_MS)
      expect([trace.mode, trace.rule]).toEqual([decision.mode, decision.rule])
      const unnamed = traceMode(rules, scope, null, NOW_MS)
      if (unnamed.mode !== null) expect(unnamed.mode).toBe(decision.mode)
    }),
  )
})
