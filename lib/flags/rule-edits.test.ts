import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { evaluateMode } from './evaluate-mode.ts'
import { isLoosening } from './loosening.ts'
import { ANY_OTHER, computeModeShares, onlyMode } from './mode-shares.ts'
import { moveRule, putRule, removeRules, setScopeMode, toRuleInputs, undoChange } from './rule-edits.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'

const ends = fc.constantFrom(null, NOW_MS + 900_000)
const ids = (rules: readonly ModeRule[]) => rules.map((rule) => rule.id)

describe('setScopeMode', () => {
  const production = { agent: ANY_OTHER, environment: 'production' }

  test('every run that no rule for an agent decides gets the mode', () => {
    fc.assert(
      fc.property(anyRules, fc.constantFrom(...MODES), ends, (rules, mode, expires_at) => {
        const after = setScopeMode(
          rules,
          ruleOf('new', { environment: 'production', mode, expires_at }),
          NOW_MS,
        )
        expect(onlyMode(computeModeShares(after, production, NOW_MS))).toBe(mode)
      }),
    )
  })

  test('no other scope hears of it', () => {
    fc.assert(
      fc.property(anyRules, fc.constantFrom(...MODES), ends, (rules, mode, expires_at) => {
        const after = setScopeMode(
          rules,
          ruleOf('new', { environment: 'production', mode, expires_at }),
          NOW_MS,
        )
        const scopes = [
          { agent: ANY_OTHER, environment: 'staging' },
          { agent: ANY_OTHER, environment: ANY_OTHER },
        ]
        for (const scope of scopes)
          expect(computeModeShares(after, scope, NOW_MS)).toEqual(computeModeShares(rules, scope, NOW_MS))
      }),
    )
  })

  test('serial needs no reason, however long it holds', () => {
    fc.assert(
      fc.property(anyRules, ends, (rules, expires_at) => {
        const rule = ruleOf('new', { environment: 'production', mode: 'serial', expires_at })
        expect(isLoosening(rules, setScopeMode(rules, rule, NOW_MS), NOW_MS)).toBe(false)
      }),
    )
  })

  test('one with an end lies over what was there, which comes back', () => {
    const rules = [ruleOf('p', { environment: 'production', mode: 'reads-only' })]
    const serial = ruleOf('s', { environment: 'production', mode: 'serial', expires_at: NOW_MS + 900_000 })
    const after = setScopeMode(rules, serial, NOW_MS)
    expect(ids(after)).toEqual(['s', 'p'])
    expect(computeModeShares(after, production, NOW_MS + 900_000)).toEqual([0, 1, 0])
  })

  test('one with a later end takes the place of one that ends before', () => {
    const first = ruleOf('first', { environment: 'production', mode: 'serial', expires_at: NOW_MS + 60_000 })
    const longer = { ...first, id: 'longer', expires_at: NOW_MS + 3_600_000 }
    expect(ids(setScopeMode([first], longer, NOW_MS))).toEqual(['longer'])
    expect(ids(setScopeMode([longer], first, NOW_MS))).toEqual(['first', 'longer'])
  })

  test('going back to what holds without the rule only takes the rule away', () => {
    const rules = [ruleOf('s', { environment: 'production', mode: 'serial' })]
    expect(setScopeMode(rules, ruleOf('new', { environment: 'production' }), NOW_MS)).toEqual([])
  })
})

describe('putRule', () => {
  test('a new rule is asked before all others of its scope', () => {
    const rules = [ruleOf('a', { environment: 'staging' }), ruleOf('b', { environment: 'production' })]
    const share = ruleOf('share', { environment: 'production', percentage: 25 })
    expect(ids(putRule(rules, share))).toEqual(['a', 'share', 'b'])
    expect(ids(putRule(rules, ruleOf('tool', { tool: 'refund' })))).toEqual(['a', 'b', 'tool'])
  })

  test('a changed rule keeps its place in its scope, and takes the first in another', () => {
    const rules = [
      ruleOf('a', { agent: 'kyc' }),
      ruleOf('b', { agent: 'kyc' }),
      ruleOf('c', { agent: 'triage' }),
    ]
    expect(ids(putRule(rules, ruleOf('b', { agent: 'kyc', mode: 'serial' })))).toEqual(['a', 'b', 'c'])
    expect(ids(putRule(rules, ruleOf('c', { agent: 'kyc' })))).toEqual(['c', 'a', 'b'])
  })
})

test('moving changes places with the next rule of the same scope, and a rule at the end stays', () => {
  const rules = [
    ruleOf('a', { agent: 'kyc' }),
    ruleOf('x', { environment: 'production' }),
    ruleOf('b', { agent: 'kyc', mode: 'serial' }),
  ]
  expect(ids(moveRule(rules, 'b', -1, NOW_MS))).toEqual(['b', 'x', 'a'])
  expect(moveRule(rules, 'a', -1, NOW_MS)).toBe(rules)
  expect(moveRule(rules, 'gone', 1, NOW_MS)).toBe(rules)
  const scope = { agent: 'kyc', environment: 'production' }
  expect(evaluateMode(moveRule(rules, 'a', 1, NOW_MS), scope, 'run', NOW_MS).rule?.id).toBe('b')
})

describe('undoChange', () => {
  const kept = ruleOf('kept', { environment: 'staging', mode: 'serial' })
  const old = ruleOf('old', { environment: 'production', mode: 'reads-only' })
  const changed = ruleOf('changed', { agent: 'kyc', percentage: 10 })
  const grown = { ...changed, percentage: 25 }
  const added = ruleOf('added', { environment: 'production', mode: 'serial' })
  const change = { before: [kept, old, changed], after: [kept, added, grown] }

  test('while nothing has come after it, the rules before it come back as they were', () => {
    expect(undoChange(change.after, change, NOW_MS)).toEqual(change.before)
    fc.assert(
      fc.property(anyRules, anyRules, (before, after) => {
        const live = before.filter(({ expires_at }) => expires_at === null || expires_at > NOW_MS)
        expect(undoChange(after, { before, after }, NOW_MS)).toEqual(live)
      }),
    )
  })

  test('later work of others stays', () => {
    const theirs = ruleOf('theirs', { agent: 'triage', mode: 'serial' })
    const stricter = { ...grown, mode: 'serial' as const }
    expect(ids(undoChange([kept, added, grown, theirs], change, NOW_MS))).toEqual([
      'kept',
      'changed',
      'theirs',
      'old',
    ])
    expect(undoChange([kept, added, stricter], change, NOW_MS)).toContain(stricter)
  })

  test('what has ended since stays ended', () => {
    const ended = ruleOf('ended', { expires_at: NOW_MS })
    const rest = ruleOf('rest', { expires_at: NOW_MS + 1 })
    expect(undoChange([], { before: [ended, rest], after: [] }, NOW_MS)).toEqual([rest])
  })
})

test('a removed rule is gone, and what is sent holds nothing that the server sets', () => {
  const rules = [ruleOf('a'), ruleOf('b')]
  expect(ids(removeRules(rules, new Set(['a', 'gone'])))).toEqual(['b'])
  expect(Object.keys(toRuleInputs(rules)[0] ?? {}).sort()).toEqual(
    ['agent', 'environment', 'expires_at', 'guard', 'id', 'mode', 'percentage', 'reason', 'tool'].sort(),
  )
})
