import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCall, withPermutation } from './batches.test-util.ts'
import { computeSignature, formatSignature } from './signature.ts'

describe('computeSignature', () => {
  it('counts tools by name, each call id once however often it was tried', () => {
    const calls = [
      makeCall('1', 0, 1, { tool: 'search' }),
      makeCall('2', 0, 1, { tool: 'fetch' }),
      makeCall('2', 2, 1, { tool: 'fetch', attempt: 2 }),
      makeCall('3', null, null, { tool: 'search' }),
    ]
    const signature = computeSignature(calls)
    expect(signature).toEqual([
      { tool: 'fetch', count: 1 },
      { tool: 'search', count: 2 },
    ])
    expect(formatSignature(signature)).toBe('fetch+search+search')
  })

  it('sorts by code unit, the same on every machine', () => {
    const calls = ['é', 'b', 'B', '_'].map((tool, index) => makeCall(`${index}`, 0, 1, { tool }))
    expect(formatSignature(computeSignature(calls))).toBe('B+_+b+é')
  })

  it('does not depend on the order of the calls', () => {
    fc.assert(
      fc.property(withPermutation(), ([batch, permuted]) => {
        expect(computeSignature(permuted.calls)).toEqual(computeSignature(batch.calls))
      }),
    )
  })
})
