import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOW_MS, ruleOf } from '../../../lib/flags/rules.test-util.ts'
import { evaluateFlags } from '../../../server/ofrep/evaluate-flags.ts'
import { FLAGS } from './flags.ts'

/* What this process says from memory and what the server says by OFREP must not be two things. */

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const anyRule = fc
  .record({
    id: fc.string({ minLength: 1, maxLength: 8 }),
    environment: orNull(fc.constantFrom('production', 'staging')),
    agent: orNull(fc.constantFrom('planner', 'kyc')),
    tool: orNull(fc.constantFrom('refund', 'search', '__proto__', 'constructor')),
    mode: fc.constantFrom('parallel', 'reads-only', 'serial'),
    percentage: orNull(fc.constantFrom(0, 0.01, 30, 50, 99.99, 100)),
    expires_at: orNull(fc.constantFrom(NOW_MS - 1, NOW_MS, NOW_MS + 1)),
  })
  .map(({ id, ...change }) => ruleOf(id, change))
const query = fc.record({
  agent: fc.constantFrom('planner', 'kyc', 'unknown'),
  environment: fc.constantFrom('production', 'staging', 'default'),
  tool: orNull(fc.constantFrom('refund', 'search', '__proto__', 'nothing')),
  runId: orNull(fc.string({ minLength: 1, maxLength: 12 })),
})

describe('every flag', () => {
  it('comes to the same here as on the server, whatever the rules and whoever asks', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), fc.nat(), query, (rules, revision, asked) => {
        const { agent, environment, tool, runId } = asked
        const context = {
          agent,
          environment,
          ...(tool === null ? {} : { tool }),
          ...(runId === null ? {} : { targetingKey: runId }),
        }
        const theirs = evaluateFlags({ revision, default: 'parallel', rules }, context, NOW_MS)
        const ours = [...FLAGS].map(([key, evaluate]) => {
          const found = evaluate({ revision, rules }, { ...asked, nowMs: NOW_MS })
          if (found === null)
            return { key, errorCode: 'TARGETING_KEY_MISSING', errorDetails: expect.any(String) }
          const { ruleId, ...rest } = found
          return { key, ...rest, metadata: { revision, ...(ruleId === null ? {} : { rule_id: ruleId }) } }
        })
        expect(ours).toEqual(theirs)
      }),
      { numRuns: 3_000 },
    )
  })
})
