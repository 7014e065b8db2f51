import { describe, expect, it } from 'vitest'
import type { EffectSize, SuspectAnswer } from '#lib/contract/alerts.ts'
import { type DescribedAlert, describeAlert } from './describe.ts'
import { computeOdds, MAX_ODDS } from './odds.ts'

const SUSPECT: SuspectAnswer = {
  kind: 'version',
  value: '1.7',
  before: '1.6',
  odds: 4012.3,
  because: 'every run on it was serial',
}

function effect(unit: EffectSize['unit'], before: number | null, after: number | null): EffectSize {
  return {
    measure: 'x',
    unit,
    before,
    after,
    change_low: null,
    change_high: null,
    n_before: 9,
    n_after: 9,
  }
}

function sentence(change: Partial<DescribedAlert>): string {
  return describeAlert({
    kind: 'serialized',
    agent: 'support',
    key: {},
    firstBadVersion: null,
    suspects: [],
    hypothesis: null,
    effect: null,
    lostMsPerBatch: null,
    ...change,
  })
}

describe('the sentence about an alert', () => {
  it('says what, since which change, and at which cost', () => {
    expect(sentence({ suspects: [SUSPECT], lostMsPerBatch: 2104.2 })).toBe(
      'support runs its calls one after another since support@1.7 (odds 4,000 to 1); 2.10 s lost a batch',
    )
  })

  it.each<[Partial<DescribedAlert>, string]>([
    [{ key: { tools: ['a', 'b'] } }, 'support runs a and b one after another'],
    [{ key: { signature: 'a+b+c+d' } }, 'support runs a, b and 2 more tools one after another'],
    [
      {
        kind: 'collapse',
        effect: effect('calls', 2.91, 1.08),
        suspects: [{ ...SUSPECT, kind: 'model', value: 'm-2' }],
      },
      'support emits 1.08 calls a turn (2.91 before) since the model m-2 (odds 4,000 to 1)',
    ],
    [
      { kind: 'convoy', key: { tools: ['a', 'b', 'c'] }, hypothesis: '2 slots shared by a, b, c' },
      'calls of a, b and c queue up in support, 2 slots shared by a, b, c',
    ],
    [
      { kind: 'straggler', agent: '*', key: { tool: 'get_order' }, effect: effect('ms', 240, 813.4) },
      'get_order of every agent takes 813 ms (240 ms before)',
    ],
    [
      { kind: 'straggler', key: { tool: 'grep' }, effect: effect('ratio', 0.05, 0.2) },
      'grep of support is slow in 20 % of its batches (5 % before)',
    ],
    [
      { kind: 'coupling', key: { tool: 'pay', sibling: 'ship' }, effect: effect('ratio', 0.02, 0.41) },
      'pay of support fails in 41 % of its calls (2 % before) while ship runs',
    ],
    [
      { kind: 'conflict', key: { tools: ['pay', 'refund'] } },
      'support runs pay and refund on the same resource at the same time, and one of them writes',
    ],
    [
      { kind: 'conflict', key: { tool: 'pay' }, hypothesis: 'the same write by pay twice in one batch' },
      'support sends the same write by pay twice in one batch',
    ],
    [
      { kind: 'missed', key: { tools: ['a', 'b'] }, firstBadVersion: '1.8' },
      'support calls a and b in turns of their own that could be one batch since support@1.8',
    ],
  ])('fits the kind: %j', (change, text) => {
    expect(sentence(change)).toBe(text)
  })

  it('does not say the agent twice where senders put it into the version', () => {
    expect(sentence({ firstBadVersion: 'support@1.7' })).toContain('since support@1.7')
  })

  it('names the likeliest change behind a resource that it is about, and no change where it is only time', () => {
    const resource: SuspectAnswer = { ...SUSPECT, kind: 'resource', value: 'orders/1' }
    expect(sentence({ suspects: [resource, SUSPECT] })).toContain('since support@1.7')
    const time: SuspectAnswer = { ...SUSPECT, kind: 'time', value: '2026-10-19T09:13:52.854Z' }
    expect(sentence({ suspects: [resource, time, SUSPECT] })).not.toContain('since')
  })

  it('claims no more certainty than there is', () => {
    expect(sentence({ suspects: [{ ...SUSPECT, odds: 1.4 }] })).not.toContain('odds')
    expect(sentence({ suspects: [{ ...SUSPECT, odds: computeOdds(500) }] })).toContain(
      'odds over 1,000,000 to 1',
    )
    expect(computeOdds(1e9)).toBe(MAX_ODDS)
    expect(computeOdds(0)).toBe(1)
  })
})
