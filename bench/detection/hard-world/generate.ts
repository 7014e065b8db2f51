import { createRandom, type Random } from '../../../tests/testing/random.ts'
import {
  type Bend,
  DAY_MS,
  HARD_SCENARIOS,
  HOUR_MS,
  type Label,
  type Moment,
  type Scenario,
} from './scenarios.ts'
import { type SharedSlots, simulateBatch } from './simulate.ts'
import type { TruthEvent, WireBatch } from './wire.ts'
import { createWorld, type HardAgent, type HardTask, type HardWorld } from './world.ts'

export interface Workload {
  readonly events: WireBatch[]
  readonly truth: TruthEvent[]
  readonly meta: Record<string, unknown>
}

export interface WorkloadOptions {
  readonly seed: number
  readonly scenario: string
  readonly batches?: number
  readonly days?: number
}

interface Run {
  readonly agent: HardAgent
  readonly task: HardTask
  readonly id: string
  readonly version: string
  readonly environment: string
  readonly draw: number
  atMs: number
  step: number
  turn: number
  lastResult: readonly string[]
}

/** A Monday. */
const FROM_MS = Date.UTC(2026, 5, 1)

/** A labelled workload of a shape that the main generator does not have. The same options give the same. */
export function generateHardWorld({
  seed,
  scenario,
  batches = 16_000,
  days = 30,
}: WorkloadOptions): Workload {
  const create = HARD_SCENARIOS[scenario]
  if (create === undefined) throw new Error(`no scenario ${scenario}`)
  const world = createWorld(createRandom(seed * 7919))
  const random = createRandom(
    seed * 104_729 + [...scenario].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7),
  )
  const endMs = FROM_MS + days * DAY_MS
  const onsetMs = FROM_MS + days * DAY_MS * (0.4 + 0.2 * random.next())
  const made = create({ world, random, fromMs: FROM_MS, onsetMs, endMs })
  const labels = (made.labels ?? []).map((label) => ({ label, truth: toTruth(label) }))
  const events = simulate(world, made, labels, startRuns(world, made, batches, days, random), random)
  return {
    events: arrive(events, made.lateShare ?? 0, random),
    truth: labels.map(({ truth }) => truth).filter((truth) => truth.affected_n > 0),
    meta: {
      seed,
      scenario: scenario.replace(/^quiet_/, 'none_'),
      days,
      agents: world.agents.map(({ name }) => name),
    },
  }
}

function toTruth(label: Label): TruthEvent {
  return {
    id: `${label.kind}-1`,
    kind: label.kind,
    strength: label.strength,
    agent: label.agent,
    agents: label.agent === '*' ? [] : [label.agent],
    key: label.key,
    onset: label.onsetMs,
    end: label.endMs,
    first_bad_version: label.firstBadVersion,
    first_bad_model: label.firstBadModel,
    kl: label.kl,
    affected_at: [],
    affected_n: 0,
  }
}

function startRuns(world: HardWorld, made: Scenario, batches: number, days: number, random: Random): Run[] {
  const runs: Run[] = []
  for (const agent of world.agents) {
    const turns = agent.tasks.reduce((sum, task) => sum + task.steps.length, 0) / agent.tasks.length
    const count = Math.round((batches * agent.share) / turns)
    for (let i = 0; i < count; ) {
      const atMs = FROM_MS + random.next() * days * DAY_MS
      if (!random.chance(activity(agent, atMs))) continue
      i++
      const draw = random.next()
      runs.push({
        agent,
        task: pickTask(agent, random),
        id: `${agent.name}-${i}`,
        version: versionOf(made, agent, atMs, draw),
        environment: random.chance(0.12) ? 'staging' : 'production',
        draw,
        atMs,
        step: 0,
        turn: 0,
        lastResult: [],
      })
    }
  }
  return runs.sort((a, b) => a.atMs - b.atMs)
}

/** In [0, 1]: when this agent is at work. */
function activity(agent: HardAgent, atMs: number): number {
  const hour = (atMs % DAY_MS) / HOUR_MS
  const day = new Date(atMs).getUTCDay()
  if (agent.rhythm === 'office') return day === 0 || day === 6 ? 0.01 : hour > 8 && hour < 18 ? 1 : 0.03
  if (agent.rhythm === 'nightly') return hour > 2 && hour < 3.5 ? 1 : 0.002
  if (agent.rhythm === 'bursts') return Math.floor(atMs / (6 * HOUR_MS)) % 5 === 0 ? 1 : 0.05
  return 0.5
}

function pickTask(agent: HardAgent, random: Random): HardTask {
  let rest = random.next() * agent.tasks.reduce((sum, task) => sum + task.weight, 0)
  for (const task of agent.tasks) {
    rest -= task.weight
    if (rest < 0) return task
  }
  return agent.tasks[0] as HardTask
}

function versionOf(made: Scenario, agent: HardAgent, atMs: number, draw: number): string {
  let version = '1.0'
  for (const deploy of made.deploys ?? []) {
    if (deploy.agent === agent.name && deploy.atMs <= atMs && (deploy.share === null || draw < deploy.share))
      version = deploy.version
  }
  return version
}

/** Turn by turn in order of time, so that batches of different runs meet at what they share. */
function simulate(
  world: HardWorld,
  made: Scenario,
  labels: readonly { label: Label; truth: TruthEvent }[],
  runs: Run[],
  random: Random,
): WireBatch[] {
  const events: WireBatch[] = []
  const shared: SharedSlots = []
  const live: Run[] = []
  while (runs.length > 0 || live.length > 0) {
    const next = runs[0]
    live.sort((a, b) => b.atMs - a.atMs)
    const resumed = live.at(-1)
    const run = resumed && (!next || resumed.atMs <= next.atMs) ? (live.pop() as Run) : (runs.shift() as Run)
    const step = run.task.steps[run.step] as readonly string[]
    const { agent, atMs, version, environment, draw } = run
    const moment: Moment = { agent, atMs, version, environment, step, draw }
    const bend = made.bend?.(moment, random) ?? {}
    for (const { label, truth } of labels) {
      if (!label.affects(moment)) continue
      truth.affected_at.push(Math.round(atMs))
      truth.affected_n++
    }
    const split = step.length > 1 && (bend.split || random.chance(agent.splitShare))
    for (const tools of split ? step.map((tool) => [tool]) : [step])
      events.push(emit(world, run, tools, bend, shared, random))
    run.step++
    if (run.step < run.task.steps.length) live.push(run)
  }
  return events
}

function emit(
  world: HardWorld,
  run: Run,
  tools: readonly string[],
  bend: Bend,
  shared: SharedSlots,
  random: Random,
): WireBatch {
  const { agent } = run
  const serialHost = tools.length > 1 && run.draw > 1 - agent.serialRunShare
  const { calls, wallMs, cap } = simulateBatch(
    world,
    agent,
    tools,
    serialHost ? { ...bend, serialize: true } : bend,
    run.atMs,
    shared,
    random,
  )
  if (agent.hasFingerprints) addFingerprints(calls, run, random)
  run.turn++
  const batch: WireBatch = {
    batch_id: `${run.id}/${run.turn}`,
    run_id: agent.hasRuns ? run.id : null,
    turn: agent.hasRuns ? run.turn : null,
    agent: agent.name,
    version: run.version,
    environment: run.environment,
    model: bend.model ?? agent.model,
    provider: 'acme',
    parallel_requested: bend.parallelRequested ?? null,
    mode: bend.mode === undefined ? 'parallel' : bend.mode,
    concurrency: cap,
    tool_caps: bend.toolCap ? Object.fromEntries(tools.map((tool) => [tool, bend.toolCap as number])) : null,
    started_at: Math.round(run.atMs * 1000) / 1000,
    model_ms: 400 + 1500 * random.next(),
    calls,
  }
  run.atMs += wallMs + batch.model_ms + 50
  return batch
}

/** Arguments come from the task, and in one-call steps mostly from what the step before returned. */
function addFingerprints(
  calls: readonly { args_fp: string[]; result_fp: string[] }[],
  run: Run,
  random: Random,
): void {
  const leaf = () => Math.floor(random.next() * 0xffffff).toString(16)
  const isChained = calls.length === 1 && run.task.steps[run.step]?.length === 1 && random.chance(0.85)
  for (const call of calls) {
    call.args_fp = [`${run.id}#`, leaf()]
    if (isChained && run.lastResult.length > 0) call.args_fp.push(random.pick(run.lastResult))
    call.result_fp = [leaf(), leaf()]
  }
  if (calls.length > 0) run.lastResult = calls.flatMap((call) => call.result_fp)
}

function arrive(events: WireBatch[], lateShare: number, random: Random): WireBatch[] {
  const arrivals = events.map((event) => {
    const endMs = event.started_at + Math.max(...event.calls.map((call) => call.start_ms + call.duration_ms))
    return { event, atMs: random.chance(lateShare) ? endMs + random.next() * 2 * DAY_MS : endMs }
  })
  for (const arrival of [...arrivals])
    if (random.chance(lateShare / 2)) arrivals.push({ ...arrival, atMs: arrival.atMs + HOUR_MS })
  return arrivals.sort((a, b) => a.atMs - b.atMs).map(({ event }) => event)
}
