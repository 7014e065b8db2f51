import { describe, expect, it } from 'vitest'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { makeCall, makeStoredBatch } from '#lib/model/batch.test-util.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'
import { createRandom, type Random } from '../../tests/testing/random.ts'
import type { AlertChange } from './alert-change.ts'
import { couplingPairs } from './coupling/pairs.ts'
import type { ToolState } from './coupling/tool-state.ts'
import { coupling, couplingKey } from './coupling.ts'
import { DetectionEngine } from './engine.ts'
import { latency } from './latency.ts'
import { StateCache, type StoredState } from './state-cache.ts'

const START_US = 1_790_000_000_000_000
const BATCH_US = 600_000_000
/** Tools of a step, and how often it comes. */
const STEPS: readonly (readonly [tools: readonly string[], weight: number])[] = [
  [['get_order', 'get_user'], 4],
  [['get_order'], 3],
  [['get_order', 'search'], 2],
  [['search', 'get_user'], 1],
]

interface Made {
  readonly tool: string
  /** Tools of the same batch. */
  readonly beside: readonly string[]
  readonly i: number
}

interface World {
  readonly batches: number
  readonly failShare?: (made: Made) => number
  readonly slowness?: (made: Made) => number
  readonly steps?: typeof STEPS
  readonly runId?: (i: number) => string
  readonly adjust?: (call: Call, made: Made) => Call
}

function callOf(made: Made, seq: number, world: World, random: Random): Call {
  const spread = Math.exp(0.4 * (random.next() + random.next() + random.next() + random.next() - 2))
  const ms = 200 * spread * (world.slowness?.(made) ?? 1)
  const failed = random.chance(world.failShare?.(made) ?? 0.02)
  const call = makeCall({
    callId: `call-${seq}`,
    seq,
    tool: made.tool,
    startUs: seq * 1000,
    durationUs: Math.round(ms * 1000),
    outcome: failed ? 'error' : 'ok',
  })
  return world.adjust?.(call, made) ?? call
}

function batchOf(i: number, world: World, random: Random): StoredBatch {
  const steps = world.steps ?? STEPS
  const tools = random.pick(
    steps.flatMap(([tools, weight]) => new Array<readonly string[]>(weight).fill(tools)),
  )
  const beside = (seq: number) => tools.filter((_, other) => other !== seq)
  return makeStoredBatch({
    batchId: `batch-${i}`,
    runId: world.runId?.(i) ?? `run-${i}`,
    turn: 1,
    agent: 'support',
    mode: 'parallel',
    startedAtUs: START_US + i * BATCH_US,
    calls: tools.map((tool, seq) => callOf({ tool, beside: beside(seq), i }, seq, world, random)),
    receivedAtUs: START_US + i * BATCH_US + 60_000_000,
  })
}

interface Told {
  readonly changes: readonly (AlertChange & { readonly i: number })[]
  readonly states: StateCache
}

function observe(world: World, seed = 1, isRestartedAt: (i: number) => boolean = () => false): Told {
  const random = createRandom(seed)
  const detectors = [coupling, latency]
  const sensitivity = { extraNats: 0 }
  let states = new StateCache([], 1000)
  let engine = new DetectionEngine({ detectors, states, sensitivity })
  const stored = new Map<string, StoredState>()
  const changes: (AlertChange & { i: number })[] = []
  for (let i = 0; i < world.batches; i++) {
    const batch = batchOf(i, world, random)
    for (const change of engine.observe(batch, measureBatch(batch))) changes.push({ ...change, i })
    if (!isRestartedAt(i)) continue
    for (const state of states.takeChanges().written) {
      stored.delete(state.key)
      stored.set(state.key, state)
    }
    states = new StateCache(stored.values(), 1000)
    engine = new DetectionEngine({ detectors, states, sensitivity })
  }
  return { changes, states }
}

const isPair = ({ tool, beside }: Made) => tool === 'get_order' && beside.includes('get_user')
const failsBeside =
  (from: number, to = Number.POSITIVE_INFINITY) =>
  (made: Made) =>
    isPair(made) && made.i >= from && made.i < to ? 0.4 : 0.02

const isNews = ({ type }: AlertChange) => type !== 'confirmed'

function stateOf({ states }: Told, tool: string): ToolState {
  const state = states.peek<ToolState>(couplingKey('production', 'support', tool))
  if (state === null) throw new Error(`no state of ${tool}`)
  return state
}

describe('coupling', () => {
  it('names the tool that has begun to fail and the sibling beside which it does, within 60 calls of the pair', () => {
    const { changes } = observe({ batches: 1150, failShare: failsBeside(1000) })
    expect(changes.filter(isNews)).toMatchObject([
      {
        type: 'opened',
        finding: {
          kind: 'coupling',
          agent: 'support',
          key: { tool: 'get_order', sibling: 'get_user', tools: ['get_order', 'get_user'] },
          hypothesis: expect.stringContaining('get_order fails while get_user runs'),
        },
      },
    ])
    const [change] = changes
    if (change?.type !== 'opened') throw new Error('not opened')
    const { onsetMs, suspects, logEvidence, threshold, trail } = change.finding
    expect(onsetMs).toBeGreaterThanOrEqual((START_US + 950 * BATCH_US) / 1000)
    expect(suspects[0]).toMatchObject({ kind: 'sibling', value: 'get_user' })
    expect(suspects[0]?.because).toMatch(/^\d+ of \d+ calls beside it failed, \d+ of \d+ apart from it$/)
    expect(logEvidence).toBeGreaterThanOrEqual(threshold)
    expect(trail.length).toBeGreaterThan(2)
  })

  it('names the tool that has begun to take twice as long beside a sibling', () => {
    const { changes } = observe({
      batches: 1150,
      slowness: (made) => (isPair(made) && made.i >= 1000 ? 2.2 : 1),
    })
    expect(changes.filter(isNews)).toMatchObject([
      { type: 'opened', finding: { key: { tool: 'get_order', sibling: 'get_user' } } },
    ])
    expect(changes[0]).toMatchObject({
      finding: {
        hypothesis: expect.stringMatching(/^get_order takes [12]\.\d times as long while get_user runs/),
      },
    })
  })

  it.each<[string, Partial<World>]>([
    ['nothing changes', {}],
    [
      'the tool fails as often apart from the sibling',
      { failShare: ({ tool, i }) => (tool === 'get_order' && i >= 1000 ? 0.3 : 0.02) },
    ],
    ['everything fails for a while', { failShare: ({ i }) => (i >= 1000 && i < 1050 ? 0.6 : 0.02) }],
    [
      'the pair has failed more often ever since it was known',
      { failShare: (made) => (isPair(made) ? 0.15 : 0.02) },
    ],
    [
      'the tool is slower with or without the sibling',
      { slowness: ({ tool, i }) => (tool === 'get_order' && i >= 1000 ? 2.2 : 1) },
    ],
    [
      'all tools of the batches are slower',
      { slowness: ({ beside, i }) => (beside.length > 0 && i >= 1000 ? 2.2 : 1) },
    ],
    [
      'one run fails over and over',
      {
        failShare: ({ i, tool }) => (tool === 'get_order' && i >= 1000 && i < 1030 ? 1 : 0.01),
        runId: (i) => (i >= 1000 && i < 1030 ? 'stuck' : `run-${i}`),
      },
    ],
    [
      'retries fail',
      {
        failShare: failsBeside(1000),
        adjust: (call) => (call.outcome === 'error' ? { ...call, attempt: 2 } : call),
      },
    ],
    [
      'calls are cancelled',
      {
        failShare: failsBeside(1000),
        adjust: (call) => (call.outcome === 'error' ? { ...call, outcome: 'cancelled' } : call),
      },
    ],
    ['the tool waits until the sibling has ended', { failShare: () => 0.01, adjust: waitForSibling }],
  ])('says nothing when %s', (_, world) => {
    for (const seed of [1, 2, 3]) expect(observe({ batches: 1400, ...world }, seed).changes).toEqual([])
  })

  it('says nothing of a pair that never is apart, and tells the audit why', () => {
    const told = observe({
      batches: 1400,
      steps: [[['get_order', 'get_user'], 1]],
      failShare: failsBeside(1000),
    })
    expect(told.changes).toEqual([])
    expect(couplingPairs(stateOf(told, 'get_order'))).toMatchObject([
      { sibling: 'get_user', isIdentifiable: false },
    ])
  })

  it('recovers once the tool works beside the sibling again, and finds it anew', () => {
    const failShare = (made: Made) => Math.max(failsBeside(1000, 1200)(made), failsBeside(1800, 2000)(made))
    const { changes } = observe({ batches: 2300, failShare })
    expect(changes.filter(isNews).map(({ type }) => type)).toEqual([
      'opened',
      'recovered',
      'opened',
      'recovered',
    ])
  })

  it('confirms what goes on, at most once for every threshold of evidence', () => {
    const { changes } = observe({ batches: 1500, failShare: failsBeside(1000) })
    const confirmed = changes.filter(({ type }) => type === 'confirmed').length
    expect(confirmed).toBeGreaterThan(0)
    expect(confirmed).toBeLessThan(20)
  })

  it('tells the same however often it is restarted', () => {
    const world = {
      batches: 1500,
      failShare: failsBeside(1000, 1150),
      slowness: (made: Made) => (made.tool === 'search' && made.beside.length > 0 && made.i > 900 ? 2 : 1),
    }
    const restarts = createRandom(9)
    const whole = observe(world, 5)
    const torn = observe(world, 5, () => restarts.chance(0.05))
    expect(torn.changes).toEqual(whole.changes)
    expect(stateOf(torn, 'get_order')).toEqual(stateOf(whole, 'get_order'))
  })

  it('keeps a dozen siblings a tool at most, in a few kB', () => {
    const siblings = Array.from({ length: 40 }, (_, i) => [['get_order', `tool_${i}`], 1] as const)
    const state = stateOf(observe({ batches: 1500, steps: siblings }), 'get_order')
    expect(Object.keys(state.siblings)).toHaveLength(12)
    expect(JSON.stringify(state).length).toBeLessThan(8000)
  })
})

/** Of two calls the first waits for the second, as for a lock. */
function waitForSibling(call: Call, { beside, i }: Made): Call {
  if (i < 1000 || beside.length === 0 || call.seq !== 1) return call
  return { ...call, durationUs: (call.durationUs ?? 0) + 200_000 }
}

describe('the audit of pairs', () => {
  it('gives the table, the odds ratio and its interval for each sibling, worst first', () => {
    const told = observe({ batches: 1000, failShare: (made) => (isPair(made) ? 0.2 : 0.02) })
    const state = stateOf(told, 'get_order')
    const [worst, ...others] = couplingPairs(state)
    expect(worst?.sibling).toBe('get_user')
    const { beside, apart, oddsRatio } = worst as NonNullable<typeof worst>
    expect(beside.calls + apart.calls).toBeLessThanOrEqual(state.calls)
    expect(beside.failures).toBeGreaterThan(beside.calls * 0.1)
    expect(oddsRatio.low).toBeGreaterThan(2)
    expect(oddsRatio.low).toBeLessThan(oddsRatio.estimate)
    expect(oddsRatio.estimate).toBeLessThan(oddsRatio.high)
    expect(others.every(({ oddsRatio: { low } }) => low < oddsRatio.low)).toBe(true)
  })
})
