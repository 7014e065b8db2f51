import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertChange } from './alert-change.ts'
import { conflict } from './conflict.ts'
import { type ScriptedCall, ScriptedLog } from './scripted-log.test-util.ts'

const opened = (changes: readonly AlertChange[]) =>
  changes.flatMap((change) => (change.type === 'opened' ? [change.finding] : []))

/** A write and a read side by side, of these resources. */
function meet(written: string, read: string, over: Partial<ScriptedCall> = {}): ScriptedCall[] {
  return [
    { tool: 'save', startMs: 0, ms: 100, effect: 'write', resources: [written] },
    { tool: 'load', startMs: 1, ms: 100, effect: 'read', resources: [read], ...over },
  ]
}

function repeat(n: number, add: (i: number) => AlertChange[]): AlertChange[] {
  return Array.from({ length: n }, (_, i) => add(i)).flat()
}

describe('a write beside a read of the same', () => {
  it('is an alert of the pair at the second run, with the resource', () => {
    const log = new ScriptedLog(conflict)
    expect(repeat(40, (i) => log.add(meet(`orders/${i}`, `orders/${i + 500}`)))).toEqual([])
    expect(log.add(meet('orders/7', 'orders/7'))).toEqual([])
    const [finding] = opened(log.add(meet('orders/8', 'orders/8')))
    expect(finding).toMatchObject({ kind: 'conflict', key: { tools: ['load', 'save'] } })
    expect(finding?.suspects[0]).toMatchObject({ kind: 'resource', value: 'orders/8' })
  })

  it('needs two runs, however often it happens in one', () => {
    const log = new ScriptedLog(conflict)
    expect(repeat(20, () => log.add(meet('orders/7', 'orders/7'), { runId: 'one' }))).toEqual([])
  })

  it('counts where one resource contains the other, however it is written', () => {
    const log = new ScriptedLog(conflict)
    const found = repeat(2, () => log.add(meet('/tree//docs/', 'tree/docs/a.txt')))
    expect(opened(found)).toHaveLength(1)
    const siblings = new ScriptedLog(conflict)
    expect(repeat(30, (i) => siblings.add(meet(`tree/docs${i}`, `tree/docs${i}.txt`)))).toEqual([])
  })

  it('is none when they take turns, when both read, or when they are attempts of one call', () => {
    const turns = new ScriptedLog(conflict)
    expect(repeat(30, () => turns.add(meet('orders/7', 'orders/7', { startMs: 100 })))).toEqual([])
    const reads = new ScriptedLog(conflict)
    const calls = meet('orders/7', 'orders/7').map((call) => ({ ...call, effect: 'read' as const }))
    expect(repeat(30, () => reads.add(calls))).toEqual([])
    const attempts = new ScriptedLog(conflict)
    const tries = meet('orders/7', 'orders/7', {
      tool: 'save',
      effect: 'write',
      callId: 'call-0',
      attempt: 2,
    })
    expect(repeat(30, () => attempts.add(tries))).toEqual([])
  })

  it('is one alert for all pairs that touched the same', () => {
    const log = new ScriptedLog(conflict)
    const calls = (i: number): ScriptedCall[] => [
      ...meet(`orders/${i}`, `orders/${i}`),
      { tool: 'list', startMs: 2, ms: 100, effect: 'read', resources: ['orders'] },
    ]
    expect(opened(repeat(12, (i) => log.add(calls(i))))).toHaveLength(1)
  })

  it('names the version that brought it, and recovers once that is gone', () => {
    const log = new ScriptedLog(conflict)
    repeat(60, (i) => log.add(meet(`orders/${i}`, `orders/${i + 500}`)))
    const found = repeat(4, (i) => log.add(meet(`orders/${i}`, `orders/${i}`), { version: '1.1' }))
    expect(opened(found)).toMatchObject([{ firstBadVersion: '1.1' }])
    const after = repeat(60, (i) => log.add(meet(`orders/${i}`, `orders/${i + 500}`), { version: '1.2' }))
    expect(after.map(({ type }) => type)).toEqual(['recovered'])
  })
})

describe('the same write', () => {
  const twice = (fingerprints: readonly string[]): ScriptedCall[] =>
    fingerprints.map((print, i) => ({
      tool: 'mail',
      startMs: 150 * i,
      ms: 100,
      effect: 'write',
      argsFp: [print],
    }))

  it('twice in one batch is an alert of the tool, overlapping or not', () => {
    const log = new ScriptedLog(conflict)
    const found = repeat(3, (i) => log.add(twice([`p${i}`, `p${i}`])))
    expect(opened(found)).toMatchObject([
      { key: { tool: 'mail' }, hypothesis: expect.stringContaining('twice') },
    ])
  })

  it('with other arguments is another write', () => {
    const log = new ScriptedLog(conflict)
    expect(repeat(30, (i) => log.add(twice([`p${i}`, `q${i}`])))).toEqual([])
  })
})

describe('chance', () => {
  it('raises nothing when few identifiers are drawn at random', () => {
    for (const pool of [8, 60, 1000]) {
      const log = new ScriptedLog(conflict)
      let state = pool
      const draw = () => {
        state = (state * 48_271) % 2_147_483_647
        return `orders/${state % pool}`
      }
      repeat(100, (i) => log.add(meet(`orders/${i % pool}`, `orders/${(i + 1 + (i % 5)) % pool}`)))
      expect(opened(repeat(3000, () => log.add(meet(draw(), draw())))), `${pool} ids`).toEqual([])
    }
  })
})

it('a restart at any moment changes nothing', () => {
  const play = (restartAt: ReadonlySet<number>) => {
    const log = new ScriptedLog(conflict)
    return repeat(160, (i) => {
      if (restartAt.has(i)) log.restart()
      return log.add(meet(`orders/${i}`, `orders/${i > 20 && i < 40 && i % 3 > 0 ? i : i + 500}`))
    })
  }
  const straight = play(new Set())
  expect(straight.map(({ type }) => type)).toEqual(expect.arrayContaining(['opened', 'recovered']))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 159 }), { maxLength: 10 }), (moments) => {
      expect(play(new Set(moments))).toEqual(straight)
    }),
    { seed: 5, numRuns: 12 },
  )
})
