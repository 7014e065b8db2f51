import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { evaluateMode, evaluateToolMode, stickyPercent } from './evaluate-mode.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'

/*
 * The same golden cases as the SDK's: what the server says about a run and what a runtime does must not
 * come apart.
 */
interface GoldenCase {
  readonly name: string
  readonly rules: readonly Omit<ModeRule, 'reason' | 'guard' | 'set_by' | 'set_at'>[]
  readonly query: { agent: string; environment: string; key: string; now_ms: number }
  readonly expected: { mode: Mode; tools: Record<string, Mode> }
}
interface Golden {
  readonly hash: readonly { text: string; fnv1a: number; share: number | null }[]
  readonly cases: readonly GoldenCase[]
}
const file = new URL('../../fixtures/golden/mode-evaluation.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden

describe('the golden cases', () => {
  it.each(golden.cases.map((item) => [item.name, item] as const))('%s', (_, { rules, query, expected }) => {
    const full = rules.map((rule) => ({ ...rule, reason: null, guard: null, set_by: 'local', set_at: 0 }))
    const { mode } = evaluateMode(full, query, query.key, query.now_ms)
    expect(mode).toBe(expected.mode)
    const named = new Set([...Object.keys(expected.tools), ...rules.flatMap(({ tool }) => tool ?? [])])
    for (const tool of named) {
      const ofTool = evaluateToolMode(full, query, tool, mode, query.key, query.now_ms)
      expect([tool, ofTool]).toEqual([tool, expected.tools[tool] ?? mode])
    }
  })

  it('agree on the share in which a run stands', () => {
    for (const { text, share } of golden.hash) {
      if (share === null) continue
      const [id, ...key] = text.split(':')
      expect(stickyPercent(id ?? '', key.join(':'))).toBeCloseTo(share, 9)
    }
  })
})

const keys = fc.uuid()

describe('a share', () => {
  it('grows over the runs that it has', () => {
    fc.assert(
      fc.property(keys, fc.nat(100), fc.nat(100), (key, a, b) => {
        const takes = (percentage: number) =>
          evaluateMode([ruleOf('r', { mode: 'serial', percentage })], SCOPE, key, NOW_MS).mode === 'serial'
        if (takes(Math.min(a, b))) expect(takes(Math.max(a, b))).toBe(true)
        expect(takes(0)).toBe(false)
        expect(takes(100)).toBe(true)
      }),
    )
  })

  it('is counted in 10,000 buckets, so that one of them is a hundredth of a per cent', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, key) => {
        const bucket = stickyPercent(id, key) * 100
        expect(Math.abs(bucket - Math.round(bucket))).toBeLessThan(1e-9)
        expect(Math.round(bucket)).toBeGreaterThanOrEqual(0)
        expect(Math.round(bucket)).toBeLessThan(10_000)
      }),
    )
  })

  it('is about as large as it says', () => {
    const rules = [ruleOf('rollout', { mode: 'serial', percentage: 30 })]
    const runs = Array.from({ length: 20_000 }, (_, i) => `run-${i}`)
    const taken = runs.filter((key) => evaluateMode(rules, SCOPE, key, NOW_MS).mode === 'serial').length
    expect(taken / runs.length).toBeCloseTo(0.3, 1)
  })

  it.each(['rollout', 'rule_ab12cd34', 'r1'])(
    'takes of ids that are counted up what chance would: %s',
    (id) => {
      // Three hundred at a time: within four standard deviations, where a weak hash is off by eleven.
      for (let from = 0; from < 30_000; from += 300) {
        const taken = Array.from({ length: 300 }, (_, i) => stickyPercent(id, `run-${from + i}`)).filter(
          (percent) => percent < 10,
        ).length
        expect(Math.abs(taken - 30) / Math.sqrt(27)).toBeLessThan(4.5)
      }
    },
  )
})

describe('a rule with a tool', () => {
  it('only tightens', () => {
    const order: readonly Mode[] = ['parallel', 'reads-only', 'serial']
    fc.assert(
      fc.property(anyRules, keys, fc.constantFrom(...order), (rules, key, base) => {
        const mode = evaluateToolMode(rules, SCOPE, 'refund', base, key, NOW_MS)
        expect(order.indexOf(mode)).toBeGreaterThanOrEqual(order.indexOf(base))
      }),
    )
  })
})

const SCOPE = { agent: 'kyc', environment: 'production' }
