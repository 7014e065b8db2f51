import { setTimeout as sleep } from 'node:timers/promises'
import { createTask, type PlannedTurn, type Turns } from '../agents/policy.ts'
import { getModel } from '../agents/roster.ts'
import { mintRunId } from '../ids.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { LiveAgent } from './agent.ts'

/** A new batch begins this often over all agents, at speed 1. */
const GAP_MS = { min: 700, max: 1_500 } as const
/** How long the batches under way may take to end by themselves once the demo is stopped. */
const GRACE_MS = 2_500
/** Enough for the pace; a brake when the tools are so slow that runs pile up. */
const MAX_ACTIVE_RUNS = 16

export interface ConductorOptions {
  /** Who is at work now: a deploy puts another in the place of one. */
  readonly agents: () => readonly LiveAgent[]
  readonly world: World
  readonly random: Random
  /** Multiplies the pace; the tools take as long as they take. */
  readonly speed: number
  /** Told of a run that broke off for a reason of the demo's own. */
  readonly onTrouble: (line: string) => void
}

export interface Conductor {
  /** Begins no further batch and waits for those under way; the slow ones are cancelled after a while. */
  readonly stop: () => Promise<void>
}

interface ActiveRun {
  readonly agent: LiveAgent
  readonly runId: string
  readonly customerId: string
  readonly turns: Turns<void>
  /** What the scripted model has emitted and is to be run next. */
  next: PlannedTurn
  turn: number
  /** When the model is done "thinking"; null while the calls run. */
  readyAtMs: number | null
}

/** Deals runs to the agents at a steady pace: the oldest waiting turn first, else a new run. */
export function startConductor(options: ConductorOptions): Conductor {
  const { random, speed } = options
  const runs = new Set<ActiveRun>()
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const drawAgent = createDealer(options.agents)

  function beat(): void {
    const run = findReady(runs, performance.now()) ?? (runs.size < MAX_ACTIVE_RUNS ? beginRun() : null)
    if (!run) return
    const work = playTurn(run, speed, givingUp.signal)
      .then((goesOn) => {
        if (!goesOn) runs.delete(run)
      })
      .catch((error: unknown) => {
        runs.delete(run)
        options.onTrouble(`run ${run.runId} of ${run.agent.name} broke off: ${String(error)}`)
      })
      .finally(() => underWay.delete(work))
    underWay.add(work)
  }

  function beginRun(): ActiveRun | null {
    // Two runs on one customer's balance would race by accident; only calls of one turn are meant to.
    const busy = new Set([...runs].map((run) => run.customerId))
    const customer = random.pick(options.world.customers.filter((candidate) => !busy.has(candidate.id)))
    const agent = drawAgent()
    const task = createTask({ random, world: options.world, model: getModel(agent.spec, 0), customer })
    const turns = agent.spec.policy(task)
    const first = turns.next()
    if (first.done) return null
    const runId = mintRunId(Date.now(), random)
    const run = { agent, runId, customerId: customer.id, turns, next: first.value, turn: 1, readyAtMs: 0 }
    runs.add(run)
    return run
  }

  const beating = keepBeating(
    beat,
    () => (GAP_MS.min + random.next() * (GAP_MS.max - GAP_MS.min)) / speed,
    stopping.signal,
  )
  return {
    stop: async () => {
      stopping.abort()
      await beating
      const timer = setTimeout(() => givingUp.abort(), GRACE_MS)
      await Promise.all(underWay)
      clearTimeout(timer)
    },
  }
}

/** Runs the turn that is due and hears what the model wants next. False when the run is over. */
async function playTurn(run: ActiveRun, speed: number, givingUp: AbortSignal): Promise<boolean> {
  const planned = run.next
  run.readyAtMs = null
  const outcome = await run.agent.runTurn({
    planned,
    model: getModel(run.agent.spec, 0),
    runId: run.runId,
    turn: run.turn,
    modelMs: planned.modelMs / speed,
    givingUp,
  })
  const hungUp = planned.cancelAfterMs !== null || givingUp.aborted
  const following = hungUp ? null : run.turns.next(outcome)
  if (following === null || following.done) return false
  run.next = following.value
  run.turn += 1
  run.readyAtMs = performance.now() + following.value.modelMs / speed
  return true
}

async function keepBeating(beat: () => void, drawGapMs: () => number, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    beat()
    // An aborted sleep is the way out of the loop and nothing else can go wrong with it.
    await sleep(drawGapMs(), undefined, { signal: stopping }).catch(() => {})
  }
}

function findReady(runs: ReadonlySet<ActiveRun>, nowMs: number): ActiveRun | null {
  let oldest: ActiveRun | null = null
  for (const run of runs) {
    if (run.readyAtMs === null || run.readyAtMs > nowMs) continue
    if (oldest === null || run.readyAtMs < (oldest.readyAtMs ?? nowMs)) oldest = run
  }
  return oldest
}

/** Smooth weighted round robin: everybody comes up regularly, in proportion to weight, without chance. */
function createDealer(listAgents: () => readonly LiveAgent[]): () => LiveAgent {
  const credits = new WeakMap<LiveAgent, number>()
  return () => {
    const agents = listAgents()
    const total = agents.reduce((sum, agent) => sum + agent.weight, 0)
    for (const agent of agents) credits.set(agent, (credits.get(agent) ?? 0) + agent.weight)
    const chosen = agents.reduce((best, agent) =>
      (credits.get(agent) ?? 0) > (credits.get(best) ?? 0) ? agent : best,
    )
    credits.set(chosen, (credits.get(chosen) ?? 0) - total)
    return chosen
  }
}
