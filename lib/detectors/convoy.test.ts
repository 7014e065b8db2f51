import { describe, expect, it } from 'vitest'
import { createRandom } from '../../tests/testing/random.ts'
import type { AlertChange } from './alert-change.ts'
import { convoy } from './convoy.ts'
import { latency } from './latency.ts'
import { type ScriptedCall, ScriptedLog } from './scripted-log.test-util.ts'

/** Usual durations in ms. */
const TOOLS: Readonly<Record<string, number>> = { order: 250, user: 320, price: 400, note: 120, mail: 700 }
const LEARNED = 260
const LEARNED_WELL = 1000

interface World {
  readonly log: ScriptedLog
  /** Batches of all tools, bent in some way; gives what they changed. */
  run(n: number, bend?: Bend): AlertChange[]
}

interface Bend {
  /** So many calls of these tools at once; 0 with `gapMs` = one begins each so many ms. */
  readonly slots?: number
  readonly gapMs?: number
  readonly shared?: readonly string[]
  /** Factor on the duration of a call, told the tools beside it. */
  slow?(tool: string, beside: readonly string[], batch: number): number
  readonly over?: Parameters<ScriptedLog['add']>[1]
}

function createWorld(seed: number): World {
  const log = new ScriptedLog(convoy, latency)
  const random = createRandom(seed)
  const kinds = [
    ['order', 'user', 'price', 'note'],
    ['note', 'order', 'price', 'order'],
    ['mail', 'user', 'note'],
    ['order'],
    ['user'],
    ['price'],
    ['mail'],
  ]
  let batches = 0
  const serviceMs = (tool: string) => {
    const spread = random.next() + random.next() + random.next() + random.next() - 2
    return (TOOLS[tool] as number) * Math.exp(0.6 * spread)
  }
  const one = (bend: Bend): AlertChange[] => {
    const tools = random.pick(kinds)
    batches++
    const freeMs = new Array<number>(Math.max(1, bend.slots ?? 1)).fill(0)
    const calls = tools.map((tool, i): ScriptedCall => {
      const startMs = i + random.next()
      const ms = serviceMs(tool) * (bend.slow?.(tool, tools, batches) ?? 1)
      if (bend.slots === undefined || !bend.shared?.includes(tool)) return { tool, startMs, ms }
      const slot = freeMs.indexOf(Math.min(...freeMs))
      const beginMs = Math.max(startMs, freeMs[slot] as number)
      freeMs[slot] = beginMs + (bend.gapMs ?? ms)
      return { tool, startMs, ms: beginMs - startMs + ms }
    })
    return log.add(calls, bend.over)
  }
  return { log, run: (n, bend = {}) => Array.from({ length: n }, () => one(bend)).flat() }
}

const opened = (changes: readonly AlertChange[]) =>
  changes.flatMap((change) => (change.type === 'opened' ? [change.finding] : []))

const shared = ['order', 'user', 'price']

describe('calls that queue', () => {
  it('at a lock are found within 30 batches, with the tools that share it and no other', () => {
    const world = createWorld(1)
    expect(world.run(LEARNED)).toEqual([])
    const [finding, ...more] = opened(world.run(30, { slots: 1, shared }))
    expect(more).toEqual([])
    expect(finding?.key.tools).toEqual([...shared].sort())
    expect(finding?.hypothesis).toBe('one at a time (a lock) shared by order, price, user')
    expect(finding?.suspects[0]).toMatchObject({ kind: 'resource', value: 'one at a time (a lock)' })
  })

  it('at a pool are found, with the number of its slots', () => {
    const world = createWorld(2)
    world.run(LEARNED)
    const [finding] = opened(world.run(80, { slots: 2, shared }))
    expect(finding?.hypothesis).toMatch(/^2 slots/)
    expect(finding?.key.tools?.every((tool) => shared.includes(tool))).toBe(true)
  })

  it('at a rate limit are found, with about the time between two', () => {
    const world = createWorld(3)
    world.run(LEARNED)
    const [finding] = opened(world.run(60, { slots: 1, gapMs: 300, shared }))
    expect(Number(finding?.hypothesis?.match(/one each (\d+) ms/)?.[1])).toBeGreaterThan(250)
    expect(Number(finding?.hypothesis?.match(/one each (\d+) ms/)?.[1])).toBeLessThan(350)
  })

  it('name the version that brought the queue', () => {
    const world = createWorld(4)
    world.run(LEARNED, { over: { version: '1.0' } })
    const [finding] = opened(world.run(40, { slots: 1, shared, over: { version: '1.1' } }))
    expect(finding?.firstBadVersion).toBe('1.1')
  })

  it('recover once they queue no more, and are found again when they do', () => {
    const world = createWorld(5)
    world.run(LEARNED)
    expect(opened(world.run(40, { slots: 1, shared }))).toHaveLength(1)
    expect(world.run(20).map(({ type }) => type)).toEqual(['recovered'])
    expect(world.run(100)).toEqual([])
    expect(opened(world.run(40, { slots: 1, shared }))).toHaveLength(1)
  })

  it('stay one alert however long they queue', () => {
    const world = createWorld(6)
    world.run(LEARNED)
    const changes = world.run(300, { slots: 1, shared })
    expect(opened(changes)).toHaveLength(1)
    expect(changes.some(({ type }) => type === 'recovered')).toBe(false)
    expect(changes.some(({ type }) => type === 'confirmed')).toBe(true)
  })
})

describe('no convoy is', () => {
  const silent: readonly (readonly [string, Bend])[] = [
    ['a tool that became slower everywhere', { slow: (tool) => (tool === 'price' ? 3 : 1) }],
    [
      'a tool that is slower beside another',
      { slow: (tool, beside) => (tool === 'price' && beside.includes('order') ? 2 : 1) },
    ],
    ['a slow hour of the host', { slow: (_tool, _beside, batch) => (batch % 60 < 20 ? 3 : 1) }],
    ['a queue of as many slots as are declared', { slots: 2, shared, over: { concurrency: 2 } }],
    ['waiting in serial mode', { slots: 1, shared, over: { mode: 'serial' } }],
    [
      'waiting at declared caps of tools',
      { slots: 1, shared, over: { toolCaps: new Map(shared.map((tool) => [tool, 1])) } },
    ],
  ]

  it.each(silent)('%s', (_name, bend) => {
    for (const seed of [7, 8, 9]) {
      const world = createWorld(seed)
      world.run(LEARNED_WELL)
      expect(opened(world.run(200, bend))).toEqual([])
    }
  })

  it('what quiet worlds show', () => {
    for (let seed = 20; seed < 26; seed++) expect(createWorld(seed).run(800)).toEqual([])
  })
})

describe('the memory of convoys', () => {
  it('changes nothing when it is written and read at any moment', () => {
    const follow = (restarts: boolean) => {
      const world = createWorld(10)
      const random = createRandom(1)
      const changes: AlertChange[] = []
      const one = (bend: Bend) => {
        changes.push(...world.run(1, bend))
        if (restarts && random.chance(0.3)) world.log.restart()
      }
      for (let i = 0; i < LEARNED; i++) one({})
      for (let i = 0; i < 60; i++) one({ slots: 1, shared })
      for (let i = 0; i < 40; i++) one({})
      return changes
    }
    const whole = follow(false)
    expect(whole.map(({ type }) => type)).toContain('opened')
    expect(follow(true)).toEqual(whole)
  })

  it('stays small', () => {
    const world = createWorld(11)
    world.run(LEARNED)
    world.run(200, { slots: 2, shared })
    for (const [key, bytes] of world.log.sizes())
      if (key.startsWith('convoy')) expect(bytes).toBeLessThan(8192)
  })
})
