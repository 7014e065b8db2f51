import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'
import type { Attribution } from '../statistics/attribution.ts'
import { createAttribution } from '../statistics/attribution.ts'
import { hashText } from '../statistics/hash-text.ts'
import { createKeyState, type KeyState, MIN_RATE, type Sighting } from './key-state.ts'
import type { PairOverlap } from './measure-overlap.ts'
import { createVersions, takeVersion, type VersionState, type VersionsState } from './versions.ts'

/** What an alert is about within its agent: nothing of this for the whole of it. */
export interface Scope {
  readonly signature: string | null
  /** Twice the same for the calls of one tool. */
  readonly pair: readonly [string, string] | null
}

export const WHOLE_AGENT: Scope = { signature: null, pair: null }

/** The state of one agent in one environment. */
interface AgentState extends VersionsState {
  readonly key: KeyState
  /** Narrower alerts that are open. */
  open: Scope[]
  /** Runs counted, bad ones among them, and both before the present excursion. */
  runs: number
  bad: number
  runsBefore: number
  badBefore: number
  /** How often an alert about the agent has recovered. */
  epoch: number
}

/** Partners of one tool, the least recently used first. */
interface PartnersState {
  readonly partners: { readonly tool: string; readonly key: KeyState }[]
}

/** One batch and all that is known about its keys. */
export interface Scene {
  readonly observation: Observation
  readonly context: DetectorContext
  readonly agent: AgentState
  readonly version: VersionState
  readonly seen: Sighting
  readonly signature: KeyState
  /** Rate at which runs of this agent are serial while nothing is wrong. */
  readonly agentRate: number
  /** That of runs that do this task, where it is higher: another mix of tasks is no change. */
  readonly runRate: number
}

const MAX_PARTNERS = 16
/** As good as nothing is known of an agent: one run in fifty is serial, and that is worth twenty runs. */
const PRIOR_RATE = 0.02
const PRIOR_RUNS = 20
/** A key is like its agent until eight observations of its own say otherwise. */
const PARENT_RUNS = 8

export function createScene(observation: Observation, context: DetectorContext): Scene {
  const { environment, agent: name } = observation
  const agent = context.state<AgentState>(`serialized/agent/${environment}/${name}`, () => ({
    ...createVersions(),
    key: createKeyState(0, null),
    open: [],
    runs: 0,
    bad: 0,
    runsBefore: 0,
    badBefore: 0,
    epoch: 0,
  }))
  const signature = context.state(
    `serialized/signature/${environment}/${name}/${observation.signature}`,
    () => createKeyState(agent.epoch),
  )
  const { rate } = agent.key
  const version = takeVersion(agent, observation, ({ pendingN, pendingX }) => {
    rate.pendingN += pendingN
    rate.pendingX += pendingX
  })
  const agentRate = cautious((rate.x + PRIOR_RATE * PRIOR_RUNS) / (rate.n + PRIOR_RUNS), rate.n + PRIOR_RUNS)
  const runRate = Math.max(agentRate, narrowRate(signature, agentRate))
  const { runId, hasRun, nowMs, endedMs } = observation
  const seen = { run: hashText(runId), hasRun, nowMs, endedMs, versionId: version.id }
  return { observation, context, agent, version, seen, signature, agentRate, runRate }
}

export function causesOf({ observation, context }: Scene): Attribution {
  return context.state(`serialized/causes/${observation.environment}/${observation.agent}`, createAttribution)
}

export function pairOf({ observation, context, agent }: Scene, first: string, second: string): KeyState {
  const { environment, agent: name } = observation
  const { partners } = context.state<PartnersState>(
    `serialized/pairs/${environment}/${name}/${first}`,
    () => ({
      partners: [],
    }),
  )
  const at = partners.findLastIndex(({ tool }) => tool === second)
  const found = partners[at]
  if (found !== undefined) {
    if (at < partners.length - 1) partners.push(...partners.splice(at, 1))
    return found.key
  }
  if (partners.length >= MAX_PARTNERS) partners.shift()
  const key = createKeyState(agent.epoch)
  partners.push({ tool: second, key })
  return key
}

/** The null rate of a key below the agent. */
export function narrowRate({ rate }: KeyState, agentRate: number): number {
  return cautious((rate.x + agentRate * PARENT_RUNS) / (rate.n + PARENT_RUNS), rate.n + PARENT_RUNS)
}

/**
 * A standard error above the mean: a null rate that was learned too low makes evidence of chance, and by the
 * same factor for every bad run.
 */
function cautious(rate: number, runs: number): number {
  return Math.max(MIN_RATE, rate + Math.sqrt((rate * (1 - rate)) / runs))
}

/** The open alert that these calls fall under. */
export function findOpen({ agent, observation }: Scene): Scope | null {
  for (const scope of agent.open) if (isIn(scope, observation)) return scope
  return null
}

/** A task with a tool more or less is the same task: it is covered, though only the exact one is counted. */
function isIn({ signature, pair }: Scope, observation: Observation): boolean {
  if (signature !== null)
    return signature === observation.signature || isVariant(signature, observation.signature)
  if (pair === null) return true
  const [first, second] = pair
  const count = (name: string) => observation.calls.reduce((n, { tool }) => (tool === name ? n + 1 : n), 0)
  return first === second ? count(first) > 1 : count(first) > 0 && count(second) > 0
}

function isVariant(one: string, other: string): boolean {
  const tools = one.split('+')
  const others = other.split('+')
  const [few, many] = tools.length < others.length ? [tools, others] : [others, tools]
  return few.every((tool) => many.includes(tool))
}

export function scopeOfPair({ first, second }: PairOverlap): Scope {
  return { signature: null, pair: [first, second] }
}
