import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PlannedCall, planBatch } from './plan.ts'

const path = fc.constantFrom(
  'orders',
  'orders/1',
  'orders/1/lines',
  'orders/2',
  'orders-old',
  '/orders//2/',
  'users/1',
)
const calls = fc.array(
  fc.record({
    effect: fc.constantFrom('read' as const, 'read' as const, 'write' as const, 'unknown' as const, null),
    resources: fc.option(fc.array(path, { maxLength: 2 }), { freq: 6 }),
  }),
  { maxLength: 9 },
)
const writeModes = fc.constantFrom('one-at-a-time' as const, 'independent' as const)

const isWrite = ({ effect }: PlannedCall) => effect !== 'read'

/** Containment the slow way: by the parts of the paths. */
function touchTheSame(a: PlannedCall, b: PlannedCall): boolean {
  const parts = (text: string) => text.split('/').filter(Boolean)
  const starts = (long: string[], short: string[]) => short.every((part, i) => long[i] === part)
  return (a.resources ?? []).some((x) =>
    (b.resources ?? []).some((y) => starts(parts(x), parts(y)) || starts(parts(y), parts(x))),
  )
}

/** Whether the edges put `late` after `early`, by way of others or not. */
function comesAfter(after: readonly (readonly number[])[], late: number, early: number): boolean {
  return (after[late] ?? []).some((i) => i === early || comesAfter(after, i, early))
}

describe('the plan of a batch', () => {
  it('lets two calls overlap exactly when they are known to be independent', () => {
    const property = fc.property(calls, writeModes, fc.boolean(), (batch, mode, isSole) => {
      const { alone, after } = planBatch(batch, mode, isSole)
      for (const [j, b] of batch.entries()) {
        for (const [i, a] of batch.slice(0, j).entries()) {
          const apart = alone[i] || alone[j] || comesAfter(after, j, i)
          if (!isWrite(a) && !isWrite(b)) {
            // Reads wait for each other only by way of a write between them.
            if (apart) expect(batch.slice(i, j).some(isWrite)).toBe(true)
            continue
          }
          const writes = [a, b].filter(isWrite)
          const mustBeApart =
            touchTheSame(a, b) ||
            writes.some(({ resources }) => resources === null) ||
            (!isWrite(a) && a.resources === null) ||
            (!isWrite(b) && b.resources === null) ||
            (mode === 'one-at-a-time' && writes.length === 2)
          if (mustBeApart) expect(apart).toBe(true)
        }
      }
    })
    fc.assert(property, { numRuns: 3_000 })
  })

  it('keeps apart nothing that is independent', () => {
    const write = (resource: string): PlannedCall => ({ effect: 'write', resources: [resource] })
    const batch = [write('a/1'), write('a/2'), write('a/10'), { effect: 'read' as const, resources: ['b'] }]
    expect(planBatch(batch, 'independent', true).after).toEqual([[], [], [], []])
    expect(planBatch(batch, 'one-at-a-time', true).after).toEqual([[], [0], [1], []])
  })

  it('names no edge that others imply', () => {
    const write: PlannedCall = { effect: 'write', resources: ['a'] }
    expect(planBatch([write, write, write], 'independent', true).after).toEqual([[], [0], [1]])
    expect(planBatch([write, write, write], 'independent', false).after).toEqual([[], [0], [0, 1]])
  })

  it('of a single call is empty, whatever it does', () => {
    expect(planBatch([{ effect: null, resources: null }], 'independent', true)).toEqual({
      alone: [false],
      after: [[]],
    })
  })

  it('of a very large batch runs writes alone rather than name every edge', () => {
    const batch = Array.from({ length: 20_000 }, (_, i) => ({
      effect: i % 2 === 0 ? ('read' as const) : ('write' as const),
      resources: ['a'],
    }))
    const { alone, after } = planBatch(batch, 'independent', true)
    expect(alone.filter(Boolean).length).toBe(10_000)
    expect(after.every((list) => list.length === 0)).toBe(true)
  })
})
