import {
  type AgentSpec,
  isDeployable,
  LIVE_RELEASES,
  type LiveReleaseName,
  listActiveReleases,
  type Release,
  ROSTER,
} from './agents/roster.ts'
import { createLiveAgent, type LiveAgent } from './live/agent.ts'
import { startConductor } from './live/conductor.ts'
import { createRandom, type Random } from './random.ts'
import { startService } from './service/service.ts'
import { createToolClock } from './tools/clock.ts'
import { createToolbox, type Toolbox } from './tools/toolbox.ts'
import { createWorld } from './world.ts'

export interface DemoOptions {
  /** Base address of the Parascope server. It may be away at any time: the agents run on. */
  readonly url: string
  readonly token?: string | undefined
  /** Default 1. What the agents do follows from it; only ids hold the time. */
  readonly seed?: number | string | undefined
  /** Multiplies the pace at which batches begin. Default 1: one every 0.7 to 1.5 seconds over all agents. */
  readonly speed?: number | undefined
  /** A folder of the demo's own for its documents and its database. */
  readonly dir: string
  /** File to which every tool appends when it ran, by its own clock; null or absent = none. */
  readonly clockFile?: string | null | undefined
  /** Told, a line at a time, what is worth saying. */
  readonly onLine?: ((line: string) => void) | undefined
}

export interface Demo {
  /** Names of the agents at work, with version and environment. */
  readonly agents: readonly string[]
  /** Puts a release in the place of the one at work, whose runs end as they began. Resolves with what was done. */
  readonly deploy: (release: LiveReleaseName) => Promise<string>
  /** Lets the batches under way end, sends what is left, and closes everything. Safe to call twice. */
  readonly stop: () => Promise<void>
}

/** Sets the agents to work on real tools, until stopped. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { seed = 1, speed = 1, onLine = () => {} } = options
  const world = createWorld(seed)
  const random = createRandom(`${seed}/live`)
  const clock = createToolClock(options.clockFile ?? null)
  const service = await startService({ seed, world })
  const toolbox = createToolbox({
    dir: options.dir,
    serviceUrl: service.url,
    clock,
    onConflict: (line) => onLine(`conflict: ${line}`),
  })
  const createAgent = createAgentFactory(options, random, toolbox, onLine)
  let agents = ROSTER.flatMap((spec) =>
    listActiveReleases(spec, 0).map((release) => createAgent(spec, release)),
  )
  const retired: LiveAgent[] = []
  await Promise.all(agents.map((agent) => agent.ready()))
  const conductor = startConductor({
    agents: () => agents,
    world,
    random: random.fork('conductor'),
    speed,
    onTrouble: onLine,
  })
  const deploy = async (name: LiveReleaseName): Promise<string> => {
    const [spec] = ROSTER.filter(isDeployable)
    if (spec === undefined) throw new Error('nobody takes releases')
    const agent = createAgent(spec, LIVE_RELEASES[name])
    await agent.ready()
    retired.push(...agents.filter((other) => other.spec === spec))
    agents = [...agents.filter((other) => other.spec !== spec), agent]
    return `Deployed ${agent.name}.`
  }
  const close = async (): Promise<void> => {
    await conductor.stop()
    await Promise.all([...agents, ...retired].map((agent) => agent.close()))
    await service.close()
    toolbox.close()
    clock.close()
  }
  let closing: Promise<void> | null = null
  return {
    agents: agents.map((agent) => agent.name),
    deploy,
    stop: () => {
      closing ??= close()
      return closing
    },
  }
}

function createAgentFactory(
  { url, token }: DemoOptions,
  random: Random,
  toolbox: Toolbox,
  onLine: (line: string) => void,
): (spec: AgentSpec, release: Release) => LiveAgent {
  // Eight SDK scopes meet the same trouble at the same time: it is told once.
  const told = new Set<string>()
  return (spec, release) =>
    createLiveAgent({
      spec,
      release,
      url,
      token,
      random: random.fork(`${spec.agent}/${spec.environment}/${release.version}`),
      toolbox,
      onDiagnostic: ({ code, message }) => {
        if (told.has(code)) return
        told.add(code)
        onLine(`sdk: ${message}`)
      },
    })
}
