import type { Random } from '../../../tests/testing/random.ts'
import type { WireBatch } from './wire.ts'
import type { HardAgent, HardWorld } from './world.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** What a scenario may bend while a batch is made. */
export interface Bend {
  /** Run the calls of this batch one after another, whatever is declared. */
  serialize?: boolean
  /** The model emits the calls of this step one a turn. */
  split?: boolean
  /** Factor on every call's service time: a slow host, a slow hour. */
  load?: number
  /** Factor on one tool's service time. */
  slow?: { readonly tool: string; readonly factor: number }
  /** All calls of these tools of this batch share so many slots. */
  slots?: { readonly tools: ReadonlySet<string>; readonly count: number }
  /** Calls of all batches share so many slots. */
  sharedSlots?: number
  /** Failure share of `tool` while `sibling` runs. */
  fails?: { readonly tool: string; readonly sibling: string; readonly share: number }
  /** Extra failure share for everything. */
  outage?: number
  /** Calls depend on the one before, as declared. */
  chained?: boolean
  mode?: WireBatch['mode']
  cap?: number | null
  toolCap?: number
  parallelRequested?: boolean
  model?: string
  /** A failed call is tried again, one attempt after the other. */
  retries?: boolean
  /** Two calls of one step name resources of which one contains the other, and one writes. */
  nested?: 'containing' | 'disjoint'
}

/** Where and when a step happens. */
export interface Moment {
  readonly agent: HardAgent
  readonly atMs: number
  readonly version: string
  readonly environment: string
  readonly step: readonly string[]
  /** Uniform in [0, 1), the same for a run. */
  readonly draw: number
}

/** A label that the generator fills with what was affected. */
export interface Label {
  readonly kind: string
  readonly strength: string
  readonly agent: string
  readonly key: Readonly<Record<string, unknown>>
  readonly onsetMs: number
  readonly endMs: number
  readonly firstBadVersion: string | null
  readonly firstBadModel: string | null
  readonly kl: number
  /** Does it touch this step? */
  affects(moment: Moment): boolean
}

export interface Deploy {
  readonly agent: string
  readonly atMs: number
  readonly version: string
  /** Share of runs that get it while it and the version before are both live; null = all at once. */
  readonly share: number | null
}

export interface Scenario {
  readonly deploys?: readonly Deploy[]
  readonly labels?: readonly Label[]
  bend?(moment: Moment, random: Random): Bend
  /** Share of batches that arrive up to two days late. */
  readonly lateShare?: number
}

interface Setting {
  readonly world: HardWorld
  readonly random: Random
  readonly fromMs: number
  readonly onsetMs: number
  readonly endMs: number
}

const multi = (moment: Moment) => moment.step.length > 1
const agentAt = ({ world }: Setting, i: number) => world.agents[i] as HardAgent

function deployOf(agent: HardAgent, atMs: number, version: string, share: number | null = null): Deploy {
  return { agent: agent.name, atMs, version, share }
}

function serialVersion(setting: Setting, agent: HardAgent, version: string, strength: string): Label {
  return {
    kind: 'serialized',
    strength,
    agent: agent.name,
    key: {},
    onsetMs: setting.onsetMs,
    endMs: setting.endMs,
    firstBadVersion: version,
    firstBadModel: null,
    kl: 4,
    affects: (moment) => moment.agent === agent && moment.version === version && multi(moment),
  }
}

/** Steps of this agent by how often they come, widest tools first. */
function commonStep(agent: HardAgent, minWidth: number): readonly string[] {
  const steps = agent.tasks.flatMap((task) => task.steps).filter((step) => new Set(step).size >= minWidth)
  return steps[0] ?? agent.tools.slice(0, minWidth)
}

/** Shapes of the world that the labelled generator leaves out. Those called `quiet_` hold no event. */
export const HARD_SCENARIOS: Readonly<Record<string, (setting: Setting) => Scenario>> = {
  quiet_world: () => ({}),
  quiet_late: () => ({ lateShare: 0.1 }),
  quiet_slow_hours: ({ random }) => {
    const slow = new Map<number, number>()
    return {
      bend: ({ atMs }) => {
        const hour = Math.floor(atMs / HOUR_MS)
        if (!slow.has(hour)) slow.set(hour, random.chance(0.08) ? 1.5 + 3 * random.next() : 1)
        return { load: slow.get(hour) ?? 1 }
      },
    }
  },
  quiet_busy_pool: () => ({ bend: () => ({ sharedSlots: 12 }) }),
  quiet_slow_environment: () => ({
    bend: ({ environment }) => (environment === 'staging' ? { load: 3, serialize: true } : {}),
  }),
  quiet_declared_chain: (setting) => ({
    deploys: [deployOf(agentAt(setting, 0), setting.onsetMs, '2.0')],
    bend: ({ version }) => (version === '2.0' ? { chained: true } : {}),
  }),
  quiet_reads_only: ({ onsetMs }) => ({ bend: ({ atMs }) => (atMs > onsetMs ? { mode: 'reads-only' } : {}) }),
  quiet_tool_caps: ({ onsetMs }) => ({ bend: ({ atMs }) => (atMs > onsetMs ? { toolCap: 1 } : {}) }),
  quiet_two_versions: (setting) => ({
    deploys: setting.world.agents.map((agent) => deployOf(agent, setting.onsetMs, '2.0', 0.5)),
  }),
  quiet_retries: () => ({ bend: (_, random) => ({ retries: true, outage: random.chance(0.1) ? 0.3 : 0 }) }),
  quiet_outages: ({ random }) => {
    const bad = new Set(Array.from({ length: 12 }, () => random.int(0, 30 * 24)))
    return {
      bend: ({ atMs, agent }) =>
        bad.has(Math.floor((atMs % (30 * DAY_MS)) / HOUR_MS) + agent.name.charCodeAt(6))
          ? { outage: 0.6, load: 2 }
          : {},
    }
  },
  quiet_paths: () => ({ bend: () => ({ nested: 'disjoint' }) }),
  quiet_mode_unknown: () => ({ bend: () => ({ mode: null }) }),
  quiet_growth: (setting) => ({
    bend: ({ atMs }) => ({ load: 1 + (0.5 * (atMs - setting.fromMs)) / (setting.endMs - setting.fromMs) }),
  }),

  serial_rollback: (setting) => {
    const agent = agentAt(setting, 0)
    const backMs = setting.onsetMs + 2 * DAY_MS
    return {
      deploys: [
        deployOf(agent, setting.onsetMs, '2.0'),
        deployOf(agent, backMs, '1.0'),
        deployOf(agent, backMs + 3 * DAY_MS, '2.1'),
      ],
      labels: [{ ...serialVersion(setting, agent, '2.0', 'rollback'), endMs: backMs }],
      bend: (moment) => ({ serialize: moment.version === '2.0' }),
    }
  },
  serial_half_live: (setting) => {
    const agent = agentAt(setting, 1)
    return {
      deploys: [deployOf(agent, setting.onsetMs, '2.0', 0.5)],
      labels: [serialVersion(setting, agent, '2.0', 'half-live')],
      bend: (moment) => ({ serialize: moment.agent === agent && moment.version === '2.0' }),
    }
  },
  serial_small: (setting) => {
    const agent = agentAt(setting, 4)
    return {
      deploys: [deployOf(agent, setting.onsetMs, '2.0')],
      labels: [serialVersion(setting, agent, '2.0', 'small')],
      bend: (moment) => ({ serialize: moment.agent === agent && moment.version === '2.0' }),
    }
  },
  serial_late: (setting) => {
    const agent = agentAt(setting, 0)
    return {
      lateShare: 0.1,
      deploys: [deployOf(agent, setting.onsetMs, '2.0')],
      labels: [serialVersion(setting, agent, '2.0', 'late')],
      bend: (moment) => ({ serialize: moment.agent === agent && moment.version === '2.0' }),
    }
  },
  collapse_model: (setting) => {
    const agent = agentAt(setting, 0)
    const label: Label = {
      ...serialVersion(setting, agent, '', 'model'),
      kind: 'collapse',
      firstBadVersion: null,
      firstBadModel: 'epsilon-1',
      kl: 3,
      affects: (moment) => moment.agent === agent && moment.atMs >= setting.onsetMs && multi(moment),
    }
    return {
      labels: [label],
      bend: (moment) =>
        moment.agent === agent && moment.atMs >= setting.onsetMs ? { model: 'epsilon-1', split: true } : {},
    }
  },
  convoy_lock: (setting) => slots(setting, 1),
  convoy_two: (setting) => slots(setting, 2),
  straggler_load: (setting) => {
    const agent = agentAt(setting, 0)
    const tool = slowest(setting.world, agent)
    const label: Label = {
      ...serialVersion(setting, agent, '', 'loaded'),
      kind: 'straggler',
      agent: '*',
      key: { tool },
      firstBadVersion: null,
      kl: 0.7,
      affects: (moment) => moment.atMs >= setting.onsetMs && moment.step.includes(tool),
    }
    return {
      labels: [label],
      bend: (moment) => ({
        load: 1 + 0.5 * Math.sin(moment.atMs / (4 * HOUR_MS)) ** 2,
        ...(moment.atMs >= setting.onsetMs ? { slow: { tool, factor: 2.5 } } : {}),
      }),
    }
  },
  coupling_errors: (setting) => {
    const agent = agentAt(setting, 0)
    const [tool = '', sibling = ''] = [...new Set(commonStep(agent, 2))]
    const label: Label = {
      ...serialVersion(setting, agent, '', 'strong'),
      kind: 'coupling',
      key: { tool, sibling, tools: [tool, sibling] },
      firstBadVersion: null,
      kl: 0.7,
      affects: (moment) =>
        moment.agent === agent &&
        moment.atMs >= setting.onsetMs &&
        moment.step.includes(tool) &&
        moment.step.includes(sibling),
    }
    return {
      labels: [label],
      bend: (moment) =>
        moment.agent === agent && moment.atMs >= setting.onsetMs
          ? { fails: { tool, sibling, share: 0.4 } }
          : {},
    }
  },
  conflict_nested: (setting) => {
    const agent = agentAt(setting, 0)
    const label: Label = {
      ...serialVersion(setting, agent, '', 'nested'),
      kind: 'conflict',
      firstBadVersion: null,
      kl: 7,
      affects: (moment) => moment.agent === agent && moment.atMs >= setting.onsetMs && multi(moment),
    }
    return {
      labels: [label],
      bend: (moment) =>
        moment.agent === agent && moment.atMs >= setting.onsetMs && moment.draw < 0.1
          ? { nested: 'containing' }
          : {},
    }
  },
}

function slots(setting: Setting, count: number): Scenario {
  const agent = agentAt(setting, 0)
  const tools = new Set(commonStep(agent, 3))
  const label: Label = {
    ...serialVersion(setting, agent, '', `slots${count}`),
    kind: 'convoy',
    key: { tools: [...tools] },
    firstBadVersion: null,
    kl: 1.5,
    affects: (moment) =>
      moment.agent === agent &&
      moment.atMs >= setting.onsetMs &&
      moment.step.filter((tool) => tools.has(tool)).length > count,
  }
  return {
    labels: [label],
    bend: (moment) =>
      moment.agent === agent && moment.atMs >= setting.onsetMs ? { slots: { tools, count } } : {},
  }
}

function slowest(world: HardWorld, agent: HardAgent): string {
  const used = new Set(agent.tasks.flatMap((task) => task.steps.flat()))
  const scaleOf = (name: string) => world.tools.get(name)?.scaleMs ?? 0
  return [...used].sort((a, b) => scaleOf(b) - scaleOf(a))[0] ?? ''
}
