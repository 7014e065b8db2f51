import type { Finding } from '../detector.ts'
import { ALTERNATIVES } from './alternatives.ts'
import { type Clustering, createClustering } from './clustering.ts'
import { createDispersion, type Dispersion } from './dispersion.ts'
import { clearEvidence, createEvidence, type Evidence } from './evidence.ts'

/** What is followed alike for a tool of one agent and for a tool across agents. */
export interface Watch {
  evidence: Evidence
  dispersion: Dispersion
  /** Event time from which on the reference does not learn, for an excursion is under way; null = none is. */
  heldFromMs: number | null
  open: OpenStraggler | null
  /** Event time and nats, from the onset on. */
  trail: [number, number][]
}

/** A tool of one agent. */
export interface AgentWatch extends Watch {
  clustering: Clustering
  /** Live versions, by first appearance: a canary's few calls are not lost among all. */
  versions: VersionWatch[]
  /** Evidence from before this event time was told already, under agent `*`. */
  clearedMs: number
}

export interface VersionWatch {
  readonly version: string
  readonly firstMs: number
  lastMs: number
  calls: number
  /** Sums of all its log-likelihood ratios, by alternative. */
  totals: number[]
  /** Of the agent's calls, lately. */
  share: number
  evidence: Evidence
}

/** A tool across agents. */
export interface ToolWatch extends Watch {
  agents: Record<string, ToolAgent>
  clearedMs: number
}

export interface ToolAgent {
  lastMs: number
  /** Calls behind its reference. */
  known: number
}

/** A slowdown that was proved, until it is over. */
export interface OpenStraggler {
  /** Index of the alternative. */
  readonly alternative: number
  readonly finding: Finding
  /** Versions from before the one to blame, where they are still live, and that one's share of calls. */
  readonly older: readonly string[]
  readonly share: number
  /** An alert of wider traffic covers it: nobody was told. */
  isCovered: boolean
  /** Nats for "it is over". */
  over: number
  /** Nats for "it still is", since last told. */
  again: number
}

const MAX_VERSIONS = 4
const MAX_AGENTS = 16
/** The share of a version is that of about so many calls. */
const SHARE_CALLS = 16
/** A version with fewer of the calls than this is gone. */
const GONE = 0.02

export function createAgentWatch(): AgentWatch {
  return {
    ...createWatch(),
    clustering: createClustering(),
    versions: [],
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
    heldFromMs: null,
    open: null,
    trail: [],
  }
}

/** The entry of this version, told of one more call; the one not seen longest makes room. */
export function versionWatchOf(watch: AgentWatch, version: string, nowMs: number): VersionWatch {
  let found: VersionWatch | null = null
  for (const entry of watch.versions) {
    if (entry.version === version) found = entry
    entry.share = round(entry.share * (1 - 1 / SHARE_CALLS))
    if (entry.share < GONE) clearEvidence(entry.evidence)
  }
  if (found === null) {
    if (watch.versions.length >= MAX_VERSIONS) removeOldest(watch)
    found = createVersionWatch(version, nowMs)
    watch.versions.push(found)
  }
  found.share = round(found.share + 1 / SHARE_CALLS)
  found.lastMs = nowMs
  found.calls++
  return found
}

export function toolAgentOf(watch: ToolWatch, agent: string): ToolAgent {
  const found = watch.agents[agent]
  if (found !== undefined) return found
  const names = Object.keys(watch.agents)
  const lastMs = (name: string) => watch.agents[name]?.lastMs ?? 0
  if (names.length >= MAX_AGENTS) {
    delete watch.agents[names.reduce((oldest, name) => (lastMs(name) < lastMs(oldest) ? name : oldest))]
  }
  const entry = { lastMs: 0, known: 0 }
  watch.agents[agent] = entry
  return entry
}

/** Calls behind the references of all agents. */
export function knownAcross({ agents }: ToolWatch): number {
  let sum = 0
  for (const name in agents) sum += agents[name]?.known ?? 0
  return sum
}

function createVersionWatch(version: string, nowMs: number): VersionWatch {
  return {
    version,
    firstMs: nowMs,
    lastMs: nowMs,
    calls: 0,
    totals: ALTERNATIVES.map(() => 0),
    share: 0,
    evidence: createEvidence(),
  }
}

function removeOldest(watch: AgentWatch): void {
  const oldest = watch.versions.reduce((found, entry) => (entry.lastMs < found.lastMs ? entry : found))
  watch.versions.splice(watch.versions.indexOf(oldest), 1)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
