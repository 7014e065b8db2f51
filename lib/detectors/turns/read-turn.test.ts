import { describe, expect, it } from 'vitest'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { DetectorContext } from '../detector.ts'
import { observe } from '../observation.ts'
import { type ScriptedCall, toStoredBatch } from '../scripted-log.test-util.ts'
import { StateCache } from '../state-cache.ts'
import { readTurn } from './read-turn.ts'
import type { TurnEvent } from './turn-event.ts'

const SECOND_MS = 1000

/** Reads turns of one run, ten seconds apart of which the model took all but the tools' 100 ms. */
function setUp() {
  const states = new StateCache([], 1000)
  const context: DetectorContext = {
    state: (key, create) => states.use(key, create),
    peek: (key) => states.peek(key),
    raise: () => undefined,
    recover: () => undefined,
    isOpen: () => false,
    sensitivity: { extraNats: 0 },
  }
  let batches = 0
  const read = (
    turn: number,
    calls: readonly Pick<ScriptedCall, 'tool' | 'argsFp' | 'resultFp' | 'outcome'>[],
    over: Partial<StoredBatch> = {},
  ): readonly TurnEvent[] => {
    const batch = toStoredBatch(
      calls.map((call, i) => ({
        startMs: 0,
        ms: 100,
        argsFp: [`own${turn}-${i}`],
        resultFp: [`new${turn}-${i}`],
        ...call,
      })),
      {
        batchId: `b${++batches}`,
        turn,
        startedAtUs: turn * 10 * SECOND_MS * 1000,
        modelUs: 9_900_000,
        ...over,
      },
    )
    return readTurn(observe(batch, measureBatch(batch), 0), context).events
  }
  return { read, context }
}

const uses = (tool: string, result: string) => ({ tool, argsFp: ['own', result] })

describe('what a turn says', () => {
  it('is a joint step, with the single call before it', () => {
    const { read } = setUp()
    read(1, [{ tool: 'plan' }])
    expect(read(2, [{ tool: 'a' }, { tool: 'b' }])).toEqual([
      { type: 'joint', from: 'a', tools: ['a', 'b'], before: 'plan' },
    ])
  })

  it('is that a call used what the turn before it returned, or did not', () => {
    const { read } = setUp()
    read(1, [{ tool: 'a' }, { tool: 'b' }])
    expect(read(2, [uses('c', 'new1-1')])).toMatchObject([{ type: 'start', from: 'c', isIndependent: false }])
    expect(read(3, [{ tool: 'a' }, { tool: 'b' }])).toHaveLength(1)
    expect(read(4, [{ tool: 'c' }])).toMatchObject([{ type: 'start', from: 'c', isIndependent: true }])
  })

  it('is that a step known to come at once has come apart, once for all its calls', () => {
    const { read } = setUp()
    for (let turn = 1; turn <= 6; turn++) read(turn, [{ tool: 'a' }, { tool: 'b' }, { tool: 'c' }])
    expect(read(7, [{ tool: 'a' }])).toMatchObject([{ type: 'start', isIndependent: true }])
    expect(read(8, [{ tool: 'b' }])).toMatchObject([
      { type: 'pair', first: 'a', to: 'b', goesOn: true, isSecond: true, start: 'independent' },
    ])
    expect(read(9, [{ tool: 'c' }])).toMatchObject([
      { type: 'pair', first: 'a', from: 'b', to: 'c', goesOn: true, isSecond: false },
    ])
  })

  it('is that the runtime took one call of several', () => {
    const { read } = setUp()
    expect(read(1, [{ tool: 'a' }], { emittedCalls: 3 })).toEqual([{ type: 'cut', from: 'a' }])
  })
})

describe('nothing is said', () => {
  it('across a turn that is missing, and once it comes, late, it is', () => {
    const { read } = setUp()
    read(1, [{ tool: 'a' }, { tool: 'b' }])
    expect(read(3, [uses('d', 'new2-0')])).toEqual([])
    expect(read(2, [uses('c', 'new1-0')])).toMatchObject([
      { type: 'start', from: 'c', isIndependent: false },
      { type: 'start', from: 'd', isIndependent: false },
      { type: 'pair', from: 'c', to: 'd', isIndependent: false },
    ])
  })

  it('of a turn that comes again', () => {
    const { read } = setUp()
    read(1, [{ tool: 'a' }, { tool: 'b' }])
    read(2, [{ tool: 'c' }])
    expect(read(2, [{ tool: 'c' }])).toEqual([])
  })

  it('of what follows a failure, or a pause that was not the model', () => {
    const { read } = setUp()
    read(1, [{ tool: 'a', outcome: 'error' }])
    expect(read(2, [{ tool: 'b' }])).toEqual([])
    expect(read(3, [{ tool: 'c' }], { startedAtUs: 400 * SECOND_MS * 1000 })).toEqual([])
  })

  it('where fingerprints are not known', () => {
    const { read } = setUp()
    expect(
      read(1, [
        { tool: 'a', argsFp: [] },
        { tool: 'b', argsFp: [] },
      ]),
    ).toEqual([])
    read(2, [{ tool: 'a', resultFp: [] }])
    expect(read(3, [{ tool: 'b' }])).toEqual([])
  })

  it('by an argument that only came back', () => {
    const { read } = setUp()
    read(1, [{ tool: 'a', argsFp: ['user42'], resultFp: ['user42', 'name'] }, { tool: 'z' }])
    expect(read(2, [uses('b', 'user42')])).toMatchObject([{ type: 'start', isIndependent: true }])
  })
})
