import type { Finding } from '../detector.ts'
import { type Attribution, createAttribution } from '../statistics/attribution.ts'
import { type Clustering, createClustering } from './clustering.ts'
import { createDispersion, type Dispersion } from './dispersion.ts'
import { createEvidence, type Evidence } from './evidence.ts'

/** What is followed alike for a tool of one agent and for a tool across agents. */
export interface Watch {
  evidence: Evidence
  dispersion: Dispersion
  /** An excursion is under way: the reference does not learn. */
  isHeld: boolean
  open: OpenStraggler | null
  /** Event time and nats, from the onset on. */
  trail: [number, number][]
}

/** A tool of one agent. */
export interface AgentWatch extends Watch {
  clustering: Clustering
  /** Live versions by first appearance: a canary's few calls are not lost among all. */
  versions: VersionWatch[]
  attribution: Attribution
  /** Evidence from before this event time was told already, under agent `*`. */
  clearedMs: number
}

export interface VersionWatch {
  readonly version: string
  evidence: Evidence
}

/** A tool across agents. */
export interface ToolWatch extends Watch {
  /** Agents that use it, least recently seen first. */
  agents: Record<string, ToolAgent>
  clearedMs: number
}

export interface ToolAgent {
  lastMs: number
  /** Calls behind its reference. */
  known: number
  /** Onset of the alert that is open for this agent alone. */
  openFromMs: number | null
}

/** A slowdown that was told, until it is over. */
export interface OpenStraggler {
  /** Index of the alternative. */
  readonly alternative: number
  /** As it was told. */
  readonly finding: Finding
  /** Calls of this version alone show whether it is over; null = all do. */
  readonly version: string | null
  /** The version's share of calls when it was told. */
  readonly versionShare: number
  /** Nats for "it is over". */
  over: number
  /** Nats for "it still is", since last told. */
  again: number
}

export const MAX_VERSIONS = 3
const MAX_AGENTS = 16

export function createAgentWatch(): AgentWatch {
  return {
    ...createWatch(),
    clustering: createClustering(),
    versions: [],
    attribution: createAttribution(),
    clearedMs: Number.MIN_SAFE_INTEGER,
  }
}

export function createToolWatch(): ToolWatch {
  return { ...createWatch(), agents: {}, clearedMs: Number.MIN_SAFE_INTEGER }
}

function createWatch(): Watch {
  return {
    evidence: createEvidence(),
    dispersion: createDispersion(),
    isHeld: false,
    open: null,
    trail: [],
  }
}

/** Evidence of this version; the one seen longest ago makes room. */
export function versionWatchOf(watch: AgentWatch, version: string): VersionWatch {
  const found = watch.versions.find((entry) => entry.version === version)
  if (found !== undefined) return found
  if (watch.versions.length >= MAX_VERSIONS) watch.versions.shift()
  const entry = { version, evidence: createEvidence() }
  watch.versions.push(entry)
  return entry
}

export function toolAgentOf(watch: ToolWatch, agent: string): ToolAgent {
  const found = watch.agents[agent]
  if (found !== undefined) return found
  const names = Object.keys(watch.agents)
  if (names.length >= MAX_AGENTS) delete watch.agents[names[0] as string]
  const entry = { lastMs: 0, known: 0, openFromMs: null }
  watch.agents[agent] = entry
  return entry
}
