import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { BatchStats } from './batch-stats.ts'
import { peekBatches, peekCalls } from './peek.ts'
import { ToolStats } from './tool-stats.ts'

const calls = fc.array(fc.record({ outcome: fc.constantFrom(...OUTCOMES), durationUs: fc.option(fc.nat()) }))

describe('what is peeked at', () => {
  it('equals what decoding says', () => {
    fc.assert(
      fc.property(calls, fc.nat(1000), (list, batches) => {
        const tool = new ToolStats()
        for (const { outcome, durationUs } of list) tool.addCall(outcome, durationUs)
        expect(peekCalls(tool.encode())).toBe(list.length)
        const facts = {
          calls: list,
          size: 1,
          wallUs: 7,
          serialization: null,
          hiddenUs: 0,
          turnTime: null,
          emittedCalls: 3,
        }
        const stats = new BatchStats()
        stats.add(facts, batches)
        expect(peekBatches(stats.encode())).toBe(batches)
      }),
    )
  })
})
