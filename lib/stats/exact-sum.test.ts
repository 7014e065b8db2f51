import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchStats } from './batch-stats.ts'
import { addExactly, toStoredSum } from './exact-sum.ts'
import { ToolStats } from './tool-stats.ts'

const huge = fc.oneof(
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 20_000 }).map((n) => n * 1e13),
  fc.nat(),
)

describe('a sum', () => {
  it('is the plain sum as long as that is an exact integer', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(addExactly(a, b)).toBe(a + b)
        expect(addExactly(a, -b)).toBe(a - b)
      }),
    )
  })

  it('comes to the same in any order, and gives back exactly what was taken, past 2^53 too', () => {
    fc.assert(
      fc.property(fc.array(huge, { maxLength: 20 }), fc.array(huge, { maxLength: 20 }), (kept, gone) => {
        const alone = kept.reduce((sum, value) => addExactly(sum, value), 0)
        const mixed = [...gone, ...kept].reduce((sum, value) => addExactly(sum, value), 0)
        const back = gone.toReversed().reduce((sum, value) => addExactly(sum, -value), mixed)
        expect(toStoredSum(back)).toBe(toStoredSum(alone))
      }),
    )
  })
})

describe('summaries of absurd batches', () => {
  const absurd = {
    calls: [{ outcome: 'ok' as const }],
    size: 1,
    wallUs: 2e13,
    serialization: null,
    hiddenUs: 2e17,
    turnTime: { modelUs: 1e13, waitingUs: 1e13, exposedUs: 1e13, idleUs: 0 },
    emittedCalls: Number.MAX_SAFE_INTEGER,
  }

  it('can be stored, merged and taken away again', () => {
    const stats = new BatchStats()
    const other = new BatchStats()
    other.add({ ...absurd, emittedCalls: 3 })
    stats.merge(BatchStats.decode(other.encode()))
    for (let i = 0; i < 2_000; i++) stats.add(absurd)
    const stored = BatchStats.decode(stats.encode())
    for (let i = 0; i < 2_000; i++) stored.add(absurd, -1)
    expect(stored.encode()).toEqual(other.encode())
  })

  it('hold for tools that blocked turns for centuries', () => {
    const stats = new ToolStats()
    stats.addToLedger(7)
    const before = stats.encode()
    for (let i = 0; i < 2_000; i++) stats.addToLedger(2e13)
    const stored = ToolStats.decode(stats.encode())
    for (let i = 0; i < 2_000; i++) stored.addToLedger(2e13, -1)
    expect(stored.encode()).toEqual(before)
  })
})
