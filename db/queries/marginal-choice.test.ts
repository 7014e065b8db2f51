import { describe, expect, it } from 'vitest'
import { BATCH_MARGINALS, TOOL_MARGINALS } from '#lib/stats/marginals.ts'
import { chooseMarginal } from './marginal-choice.ts'

describe('chooseMarginal', () => {
  it.each([
    ['no filter', {}, 'all'],
    ['a window alone', { from: 1, to: 2 }, 'all'],
    ['a range alone', { range: '24h' }, 'all'],
    ['an empty prefix', { q: '' }, 'all'],
    ['a way to match tools without tools', { tool_match: 'all' as const }, 'all'],
    ['a filter that is given as undefined', { agent: undefined }, 'all'],
    ['an agent', { agent: ['a', 'b'] }, 'agent'],
    ['an environment', { environment: ['prod'] }, 'environment'],
    ['both', { environment: ['prod'], agent: ['a'], range: '7d' }, 'agent-environment'],
    ['a version', { version: ['1'] }, 'version'],
  ])('has a marginal for %s', (_, query, marginal) => {
    expect(chooseMarginal(query as never, TOOL_MARGINALS)).toBe(marginal)
    expect(chooseMarginal(query as never, BATCH_MARGINALS)).toBe(marginal)
  })

  it.each([
    ['an agent and a version', { agent: ['a'], version: ['1'] }],
    ['three dimensions', { agent: ['a'], environment: ['e'], model: ['m'] }],
    ['a mode', { mode: ['serial' as const] }],
    ['a tool', { tool: ['t'] }],
    ['an outcome', { outcome: ['error' as const] }],
    ['a least size', { min_size: 2 }],
    ['an agent and a prefix', { agent: ['a'], q: 'x' }],
  ])('has none for %s', (_, query) => {
    expect(chooseMarginal(query, TOOL_MARGINALS)).toBeNull()
    expect(chooseMarginal(query, BATCH_MARGINALS)).toBeNull()
  })

  it('chooses only among the marginals that are kept', () => {
    expect(chooseMarginal({ model: ['m'] }, BATCH_MARGINALS)).toBe('model')
    expect(chooseMarginal({ model: ['m'] }, TOOL_MARGINALS)).toBeNull()
    expect(chooseMarginal({ agent: ['a'] }, ['all'])).toBeNull()
  })
})
