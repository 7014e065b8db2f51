import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, makeCall } from './batches.test-util.ts'
import { resolveDependencies } from './dependencies.ts'

describe('resolveDependencies', () => {
  it('has nothing to say of independent calls', () => {
    expect(resolveDependencies([makeCall('a', 0, 1), makeCall('b', 0, 1)])).toEqual({
      prerequisites: null,
      ignored: [],
    })
  })

  it('keeps every edge that is known, not to itself, and closes no cycle with the edges before it', () => {
    const calls = [
      makeCall('a', 0, 1, { seq: 0, dependsOn: ['b', 'b', 'nobody', 'a'] }),
      makeCall('b', 0, 1, { seq: 1, dependsOn: ['c', 'a'] }),
      makeCall('c', 0, 1, { seq: 2, dependsOn: ['a', 'b', 'c'] }),
    ]
    expect(resolveDependencies(calls)).toEqual({
      prerequisites: [[1], [2], []],
      ignored: [
        { callId: 'a', dependsOn: 'nobody', reason: 'unknown' },
        { callId: 'a', dependsOn: 'a', reason: 'self' },
        { callId: 'b', dependsOn: 'a', reason: 'cycle' },
        { callId: 'c', dependsOn: 'a', reason: 'cycle' },
        { callId: 'c', dependsOn: 'b', reason: 'cycle' },
        { callId: 'c', dependsOn: 'c', reason: 'self' },
      ],
    })
  })

  it('reports an edge once, however many attempts declare it', () => {
    const dependsOn = ['nobody']
    const calls = [makeCall('a', 0, 1, { dependsOn }), makeCall('a', 1, 1, { attempt: 2, dependsOn })]
    expect(resolveDependencies(calls).ignored).toEqual([
      { callId: 'a', dependsOn: 'nobody', reason: 'unknown' },
    ])
  })

  it('chains the attempts that are recorded, and waits for the last of them', () => {
    const calls = [
      makeCall('a', 5, 1, { attempt: 5 }),
      makeCall('a', 0, 1, { attempt: 2 }),
      makeCall('b', 9, 1, { seq: 1, dependsOn: ['a'] }),
    ]
    expect(resolveDependencies(calls).prerequisites).toEqual([[1], [], [0]])
  })

  it('never leaves a cycle behind, and ignores nothing when there is none', () => {
    fc.assert(
      fc.property(batches(), ({ calls }) => {
        const { prerequisites, ignored } = resolveDependencies(calls)
        const ended = new Set<number>()
        for (let round = 0; round < calls.length; round++) {
          for (const index of calls.keys()) {
            if ((prerequisites?.[index] ?? []).every((before) => ended.has(before))) ended.add(index)
          }
        }
        expect(ended.size).toBe(calls.length)
        const forwardOnly = calls.every((call) =>
          call.dependsOn.every((id) => calls.every((other) => other.callId !== id || other.seq < call.seq)),
        )
        if (forwardOnly) expect(ignored.filter((edge) => edge.reason === 'cycle')).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('ends in bounded time when hundreds of calls all wait for each other', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `c${index}`)
    const calls = ids.map((id, seq) => makeCall(id, 0, 1, { seq, dependsOn: ids }))
    const { prerequisites, ignored } = resolveDependencies(calls)
    expect(ignored.length).toBeGreaterThanOrEqual((600 * 599) / 2)
    expect(prerequisites?.[0]).toHaveLength(599)
  })
})
