import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appendModeRevision, readMode } from '#db/mode.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { evaluateMode } from '#lib/flags/evaluate-mode.ts'
import { ruleOf } from '#lib/flags/rules.test-util.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from '../../tests/testing/temp-log.ts'
import { createReadContext, DEFAULT_LIMITS } from './context.ts'
import { createModeComparison } from './mode-comparison.ts'

const MIN_MS = 60_000
const START_MS = RECEIVED_AT_MS - 1_000 * MIN_MS
let store: TempLog
let clockMs = 0
beforeEach(() => {
  store = createTempLog()
  clockMs = 0
})
afterEach(() => store[Symbol.dispose]())

function setRules(rules: readonly ModeRule[], atMs: number): void {
  const before = readMode(store.db).rules
  const change = { atUs: atMs * 1000, setBy: 'a', action: 'set', reason: 'r', summary: 's', before } as const
  store.log.transaction(() => appendModeRevision(store.db, { ...change, after: rules }))
}

const rollout = (percentage: number): ModeRule[] => [
  ruleOf('share', { agent: 'kyc', environment: 'production', percentage }),
  ruleOf('rest', { agent: 'kyc', environment: 'production', mode: 'serial' }),
]

interface Runs {
  readonly from: number
  readonly count: number
  readonly atMs: number
  readonly change?: Partial<IngestBatch>
}

/** Runs of two batches that obey the rules in force: serial ones take three times as long, each tenth fails. */
function runsOf({ from, count, atMs, change = {} }: Runs): IngestBatch[] {
  const { rules, revision } = readMode(store.db)
  return Array.from({ length: count * 2 }, (_, i): IngestBatch => {
    const run = from + Math.floor(i / 2)
    const runId = `run-${run}`
    const { mode } = evaluateMode(rules, { agent: 'kyc', environment: 'production' }, runId, atMs)
    const wall = (mode === 'serial' ? 300 : 100) + ((run * 7) % 20)
    return {
      batch_id: `b-${run}-${i % 2}`,
      run_id: runId,
      agent: 'kyc',
      environment: 'production',
      mode,
      mode_revision: revision,
      started_at: atMs + run,
      model_ms: 500,
      input_tokens: 1000,
      output_tokens: 200 + (run % 9),
      calls: ['a', 'b'].map((tool) => ({
        call_id: tool,
        tool,
        outcome: run % 10 === 0 && tool === 'b' ? 'error' : 'ok',
        start_ms: 0,
        duration_ms: wall,
      })),
      ...change,
    }
  })
}

function open(stepMs = 0) {
  // A clock that goes on by a step at each look, so that the time of an answer runs out when it is to.
  const monotonicMs = () => {
    clockMs += stepMs
    return clockMs
  }
  const context = createReadContext(store.openReading(), { monotonicMs, limits: DEFAULT_LIMITS })
  return createModeComparison(context, monotonicMs)
}
const QUERY = { agent: 'kyc', environment: 'production' }

describe('the comparison', () => {
  it('says that nothing was rolled out where nothing was', () => {
    setRules([ruleOf('all', { mode: 'serial' })], START_MS)
    store.ingest(runsOf({ from: 0, count: 10, atMs: START_MS }))
    const answer = open()(QUERY, RECEIVED_AT_MS)
    expect(answer).toMatchObject({ complete: true, stages: [], from: null, verdict: { kind: 'no-rollout' } })
  })

  it('compares the runs of a rollout from its first share on, and tells what it found', () => {
    store.ingest(runsOf({ from: 9_000, count: 50, atMs: START_MS - MIN_MS }))
    setRules(rollout(10), START_MS)
    store.ingest(runsOf({ from: 0, count: 300, atMs: START_MS }))
    setRules(rollout(50), START_MS + MIN_MS)
    store.ingest(runsOf({ from: 1_000, count: 300, atMs: START_MS + MIN_MS }))
    setRules(rollout(100), START_MS + 2 * MIN_MS)
    store.ingest(runsOf({ from: 2_000, count: 50, atMs: START_MS + 2 * MIN_MS }))
    const answer = open()(QUERY, RECEIVED_AT_MS)
    expect(answer.stages.map(({ share }) => share)).toEqual([0.1, 0.5, 1])
    expect([answer.from, answer.complete, answer.read_share]).toEqual([START_MS, true, 1])
    const { parallel, serial } = answer.arms
    expect(parallel.runs + serial.runs).toBe(600)
    expect(parallel.batches).toBe(parallel.runs * 2)
    expect(parallel.failing_runs + serial.failing_runs).toBe(60)
    const wall = answer.metrics.find(({ name }) => name === 'wall')
    expect(wall?.difference).toBeCloseTo(Math.expm1(Math.log(110 / 310)), 1)
    expect(wall?.high).toBeLessThan(0)
    const tokens = answer.metrics.find(({ name }) => name === 'tokens')
    expect(tokens?.low).toBeLessThan(0)
    expect(tokens?.high).toBeGreaterThan(0)
    expect(answer.sample_ratio.unbalanced).toBe(false)
    expect(answer.excluded).toEqual({ crossed_runs: 0, off_plan_runs: 0, other_batches: 0 })
    expect(answer.verdict).toEqual({
      kind: 'parallel-faster',
      words: expect.stringMatching(
        /^Parallel is faster: batches take −6\d % \(−\d+ to −\d+\)\. Runs that fail/,
      ),
    })
  })

  it('counts runs of executors whose clocks are behind', () => {
    setRules(rollout(50), START_MS)
    store.ingest(runsOf({ from: 0, count: 20, atMs: START_MS - 30 * MIN_MS }))
    const { arms, from } = open()(QUERY, RECEIVED_AT_MS)
    expect([arms.parallel.runs + arms.serial.runs, from]).toEqual([20, START_MS])
  })

  it('begins anew with a new rollout', () => {
    setRules(rollout(10), START_MS)
    setRules([ruleOf('all', { mode: 'serial' })], START_MS + MIN_MS)
    setRules(rollout(25), START_MS + 2 * MIN_MS)
    expect(open()(QUERY, RECEIVED_AT_MS)).toMatchObject({
      from: START_MS + 2 * MIN_MS,
      stages: [{ revision: 3, share: 0.25 }],
      verdict: { kind: 'too-few' },
    })
  })

  it('tells that runs are missing before it tells a difference', () => {
    setRules(rollout(50), START_MS)
    const batches = runsOf({ from: 0, count: 600, atMs: START_MS })
    store.ingest(
      batches.filter(({ mode, run_id: id }) => mode === 'serial' || Number(id?.slice(4)) % 3 === 0),
    )
    const answer = open()(QUERY, RECEIVED_AT_MS)
    expect(answer.verdict.kind).toBe('unbalanced')
    expect(answer.sample_ratio.observed).toBeLessThan(0.35)
  })

  it('leaves out runs in both modes and batches in neither, and counts who ran against its hash', () => {
    setRules(rollout(50), START_MS)
    const [first, second] = runsOf({ from: 0, count: 1, atMs: START_MS }) as [IngestBatch, IngestBatch]
    const other = first.mode === 'serial' ? 'parallel' : 'serial'
    store.ingest([first, { ...second, mode: other }])
    store.ingest(runsOf({ from: 1, count: 2, atMs: START_MS, change: { mode: 'reads-only' } }))
    store.ingest(runsOf({ from: 3, count: 40, atMs: START_MS, change: { mode: 'parallel' } }))
    const answer = open()(QUERY, RECEIVED_AT_MS)
    expect(answer.excluded).toMatchObject({ crossed_runs: 1, other_batches: 4 })
    expect(answer.excluded.off_plan_runs).toBeGreaterThan(5)
    expect(answer.arms.parallel.runs + answer.arms.serial.runs).toBe(40)
  })

  it('looks at batches of a tool, an agent, an environment', () => {
    setRules(rollout(50), START_MS)
    store.ingest(runsOf({ from: 0, count: 20, atMs: START_MS }))
    const compare = open()
    const runs = (query: Record<string, string>) => {
      const { arms } = compare(query, RECEIVED_AT_MS)
      return arms.parallel.runs + arms.serial.runs
    }
    expect([runs({}), runs({ tool: 'a' }), runs({ tool: 'z' }), runs({ agent: 'nobody' })]).toEqual([
      20, 20, 0, 0,
    ])
    expect(runs({ environment: 'production', agent: 'kyc', tool: 'b' })).toBe(20)
  })

  it('comes to the same in many small answers as in one, and goes on with what comes later', () => {
    setRules(rollout(50), START_MS)
    store.ingest(runsOf({ from: 0, count: 900, atMs: START_MS }))
    const whole = open()(QUERY, RECEIVED_AT_MS)
    const bySteps = open(50)
    let answer = bySteps(QUERY, RECEIVED_AT_MS)
    expect(answer.complete).toBe(false)
    expect(answer.read_share).toBeLessThan(1)
    for (let i = 0; i < 20 && !answer.complete; i++) answer = bySteps(QUERY, RECEIVED_AT_MS)
    expect(answer).toEqual(whole)
    // Batches that came late, with a start that was passed already, and one that is taken back.
    store.ingest(runsOf({ from: 5_000, count: 30, atMs: START_MS - 5_000 }))
    const [gone] = store.db.prepare('select seq from batches order by seq limit 1').pluck().all() as [number]
    const next = (store.db.prepare('select max(seq) from batches').pluck().get() as number) + 1
    store.db.prepare('insert into retractions (seq, batch_seq) values (?, ?)').run(next, gone)
    store.db.prepare('update batches set retracted_by = ? where seq = ?').run(next, gone)
    for (let i = 0; i < 20; i++) answer = bySteps(QUERY, RECEIVED_AT_MS)
    const anew = open()(QUERY, RECEIVED_AT_MS)
    expect(answer.arms).toEqual(anew.arms)
    expect(answer.metrics.map(({ difference }) => difference?.toFixed(9))).toEqual(
      anew.metrics.map(({ difference }) => difference?.toFixed(9)),
    )
    expect(anew.arms.parallel.batches + anew.arms.serial.batches).toBe(1859)
  })
})
