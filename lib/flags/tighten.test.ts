import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateMode, evaluateToolMode } from './evaluate-mode.ts'
import { matchesScope, strictness } from './precedence.ts'
import { anyRules, NOW_MS, ruleOf } from './rules.test-util.ts'
import { type TightenRequest, tightenScope } from './tighten.ts'

const MIN_MS = 60_000
const END_MS = NOW_MS + 10 * MIN_MS
const AGENTS = ['kyc', 'triage', 'nobody']
const ENVIRONMENTS = ['production', 'staging', 'nowhere']
const RUNS = Array.from({ length: 12 }, (_, i) => `run-${i}`)
const TIMES = [NOW_MS, NOW_MS + MIN_MS, END_MS - 1, END_MS, NOW_MS + 3_600_000]

const anyRequest: fc.Arbitrary<TightenRequest> = fc.record({
  environment: fc.constantFrom(null, 'production', 'staging'),
  agent: fc.constantFrom(null, 'kyc', 'triage'),
  tool: fc.constantFrom(null, 'refund'),
  mode: fc.constantFrom('serial', 'reads-only'),
  expiresAtMs: fc.constantFrom(null, END_MS),
  reason: fc.constant(null),
  setBy: fc.constant('trigger msg_1'),
  id: fc.constant('new'),
})

const SCOPES = AGENTS.flatMap((agent) => ENVIRONMENTS.map((environment) => ({ agent, environment })))

describe('what another system asks for', () => {
  it('holds every run of the scope for as long as asked, and loosens no run anywhere at any time', () => {
    fc.assert(
      fc.property(anyRules, anyRequest, (rules, request) => {
        const tightened = tightenScope(rules, request, NOW_MS)
        expect(tightened).not.toBeNull()
        const after = tightened?.rules ?? []
        for (const scope of SCOPES) {
          const isInside = matchesScope(request, scope)
          for (const atMs of TIMES) {
            const isHeld = isInside && (request.expiresAtMs === null || atMs < request.expiresAtMs)
            for (const run of RUNS) {
              const was = evaluateMode(rules, scope, run, atMs).mode
              const is = evaluateMode(after, scope, run, atMs).mode
              expect(strictness(is)).toBeGreaterThanOrEqual(strictness(was))
              if (!isInside || request.tool !== null) expect(is).toBe(was)
              else if (isHeld) expect(strictness(is)).toBeGreaterThanOrEqual(strictness(request.mode))
              const ofTool = evaluateToolMode(after, scope, 'refund', is, run, atMs)
              if (isHeld) expect(strictness(ofTool)).toBeGreaterThanOrEqual(strictness(request.mode))
            }
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('ends as asked, and then what was there before holds again', () => {
    fc.assert(
      fc.property(anyRules, anyRequest, (rules, request) => {
        const after = tightenScope(rules, { ...request, expiresAtMs: END_MS }, NOW_MS)?.rules ?? []
        for (const scope of SCOPES) {
          for (const run of RUNS) {
            const was = evaluateMode(rules, scope, run, END_MS).mode
            expect(evaluateMode(after, scope, run, END_MS).mode).toBe(was)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('changes nothing when the rules demand it already', () => {
    const rules = [ruleOf('all', { mode: 'serial' })]
    const request = { environment: 'production', agent: null, tool: null, expiresAtMs: null, reason: null }
    const asked = { ...request, mode: 'reads-only', setBy: 'trigger m', id: 'new' } as const
    expect(tightenScope(rules, asked, NOW_MS)?.rules).toBe(rules)
  })

  it('takes the place of what the same system asked for before', () => {
    const asked = {
      environment: 'production',
      agent: null,
      tool: null,
      mode: 'serial',
      reason: null,
    } as const
    const first = tightenScope([], { ...asked, expiresAtMs: END_MS, setBy: 'trigger a', id: 'a' }, NOW_MS)
    const longer = { ...asked, expiresAtMs: END_MS + MIN_MS, setBy: 'trigger b', id: 'b' }
    const second = tightenScope(first?.rules ?? [], longer, NOW_MS)
    expect(second?.rules.map(({ id }) => id)).toEqual(['b'])
  })

  it('makes all runs serial where a part of them is, because a rule cannot hold a part', () => {
    const rules = [
      ruleOf('share', { agent: 'kyc', percentage: 25 }),
      ruleOf('rest', { agent: 'kyc', mode: 'serial' }),
    ]
    const asked = { environment: null, agent: 'kyc', tool: null, expiresAtMs: END_MS, reason: null } as const
    const held = tightenScope(rules, { ...asked, mode: 'reads-only', setBy: 'trigger a', id: 'a' }, NOW_MS)
    expect(held?.mode).toBe('serial')
  })
})
