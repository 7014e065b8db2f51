import type { Observation } from '../observation.ts'
import {
  type BernoulliCusum,
  createBernoulliCusum,
  resetBernoulliCusum,
} from '../statistics/bernoulli-cusum.ts'
import { logBetaBinomial } from '../statistics/beta-binomial.ts'
import { ALTERNATIVES } from './key-state.ts'

/** One version of one agent: a canary is a pure stream of its own. */
export interface VersionState {
  readonly id: number
  readonly version: string
  /** Epoch ms of the earliest start and the latest end of a batch. */
  firstMs: number
  lastMs: number
  /** Runs counted. */
  runs: number
  readonly cusum: BernoulliCusum
  /** Runs counted before the present excursion. */
  runsBefore: number
  /** Its runs of the present excursion: not yet known to be normal. */
  pendingN: number
  pendingX: number
  /** The agent's runs, and bad ones, before the excursion. */
  agentRuns: number
  agentBad: number
  /** Flat: event time and statistic since it was 0. */
  readonly trail: number[]
  /** The last batches, flat: two masks of tools, whether it was bad, seconds since `firstMs`. */
  readonly recent: number[]
}

export interface VersionsState {
  nextId: number
  readonly versions: VersionState[]
  /** Names by the bit that stands for them in a mask; the last bit stands for all further ones. */
  readonly tools: string[]
}

const MAX_VERSIONS = 8
const MAX_RECENT = 16
const ENTRY = 4
const BITS = 31
const MAX_TOOLS = 2 * BITS

/** A tenth of what is outside of a key goes wrong, give or take. */
const OUTSIDE = { hits: 0.5, misses: 4.5 }
const ANYTHING = { hits: 1, misses: 1 }

export function createVersions(): VersionsState {
  return { nextId: 1, versions: [], tools: [] }
}

/** The version of the batch, made if it is new. `given` is told of one that had to make room for it. */
export function takeVersion(
  state: VersionsState,
  { version, startedMs, endedMs }: Observation,
  given: (evicted: VersionState) => void,
): VersionState {
  const { versions } = state
  let found = versions.find((known) => known.version === version)
  if (found === undefined) {
    if (versions.length >= MAX_VERSIONS) given(dropOldest(versions))
    found = {
      id: state.nextId++,
      version,
      firstMs: startedMs,
      lastMs: endedMs,
      runs: 0,
      cusum: createBernoulliCusum(ALTERNATIVES.length),
      runsBefore: 0,
      pendingN: 0,
      pendingX: 0,
      agentRuns: 0,
      agentBad: 0,
      trail: [],
      recent: [],
    }
    versions.push(found)
  }
  if (startedMs < found.firstMs) found.firstMs = startedMs
  if (endedMs > found.lastMs) found.lastMs = endedMs
  return found
}

function dropOldest(versions: VersionState[]): VersionState {
  let oldest = 0
  for (const [i, { lastMs }] of versions.entries())
    if (lastMs < (versions[oldest] as VersionState).lastMs) oldest = i
  return versions.splice(oldest, 1)[0] as VersionState
}

/** An alert about the agent is over: whoever was suspected then starts anew. */
export function forgetExcursions({ versions }: VersionsState): void {
  for (const version of versions) {
    clearVersion(version)
    version.recent.length = 0
  }
}

/** Forgets the present excursion; a version that was suspected is as new. */
export function clearVersion(version: VersionState): void {
  if (version.pendingN > 0) {
    version.runs = 0
    version.runsBefore = 0
  }
  resetBernoulliCusum(version.cusum)
  version.pendingN = 0
  version.pendingX = 0
  version.trail.length = 0
}

/** Keeps what is needed to tell a whole agent from one of its tasks. */
export function rememberBatch(
  state: VersionsState,
  version: VersionState,
  observation: Observation,
  bad: boolean,
): void {
  const { recent } = version
  if (recent.length >= MAX_RECENT * ENTRY) recent.splice(0, ENTRY)
  const [low, high] = maskOf(
    state,
    observation.calls.map(({ tool }) => tool),
  )
  recent.push(low, high, bad ? 1 : 0, Math.round((observation.nowMs - version.firstMs) / 1000))
}

function bitOf({ tools }: VersionsState, tool: string): number {
  const bit = tools.indexOf(tool)
  if (bit !== -1) return bit
  if (tools.length < MAX_TOOLS - 1) return tools.push(tool) - 1
  return MAX_TOOLS - 1
}

/** Which batches a key is about: those with all of the tools, or with these and no others. */
export interface Narrow {
  readonly tools: readonly string[]
  readonly exact: boolean
}

/**
 * How much better, in nats, "only this key is hit" explains what came since `sinceMs` than "the whole agent is":
 * the key's own counts, and the version's last batches outside of it.
 */
export function compareNarrow(
  state: VersionsState,
  version: VersionState,
  narrow: Narrow,
  inside: { readonly n: number; readonly x: number },
  sinceMs: number,
): number {
  const { recent, firstMs } = version
  const [low, high] = maskOf(state, narrow.tools)
  let n = 0
  let x = 0
  for (let i = 0; i < recent.length; i += ENTRY) {
    if (firstMs + (recent[i + 3] as number) * 1000 < sinceMs - 1000) continue
    const itsLow = recent[i] as number
    const itsHigh = recent[i + 1] as number
    const isSame = itsLow === low && itsHigh === high
    if (narrow.exact ? isSame : (itsLow & low) === low && (itsHigh & high) === high) continue
    n++
    x += recent[i + 2] as number
  }
  return (
    logBetaBinomial(inside.n, inside.x, ANYTHING) +
    logBetaBinomial(n, x, OUTSIDE) -
    logBetaBinomial(inside.n + n, inside.x + x, ANYTHING)
  )
}

function maskOf(state: VersionsState, tools: readonly string[]): [number, number] {
  let low = 0
  let high = 0
  for (const tool of tools) {
    const bit = bitOf(state, tool)
    if (bit < BITS) low |= 1 << bit
    else high |= 1 << (bit - BITS)
  }
  return [low, high]
}
