import {
  type BernoulliCusum,
  bernoulliLogRatio,
  createBernoulliCusum,
  resetBernoulliCusum,
  updateBernoulliCusum,
} from '../statistics/bernoulli-cusum.ts'
import type { Counts } from '../statistics/beta-binomial.ts'
import {
  acceptPending,
  addPending,
  type BetaRate,
  createBetaRate,
  dropPending,
} from '../statistics/beta-rate.ts'
import { createRecovery, type Recovery, updateRecovery } from '../statistics/recovery.ts'

/** What is the same for all keys that a batch is an observation of. */
export interface Sighting {
  /** Hash of the run. */
  readonly run: number
  /** False where no run is known: then nobody knows which batches come from one. */
  readonly hasRun: boolean
  /** Event time, epoch ms: that of the log, and that of the batch's end. */
  readonly nowMs: number
  readonly endedMs: number
  readonly versionId: number
}

/** What speaks for and against the end of an alert. */
interface OpenState {
  readonly recovery: Recovery
  /** Nats gathered since the alert was last raised. */
  again: number
  /** Id of the version of the last bad run, its runs, and bad ones among them. */
  versionId: number
  runs: number
  bad: number
  /** Good runs in a row on versions that are newer. */
  newer: number
}

/** What is known of one key: an agent, a signature or a pair of tools. */
export interface KeyState {
  readonly rate: BetaRate
  readonly cusum: BernoulliCusum
  /** By version, flat: id, accepted n and x, pending n and x; null where others count them. */
  tallies: number[] | null
  /** Hashes of runs that were counted lately, and of bad ones, which are fewer and remembered for longer. */
  readonly runs: number[]
  readonly badRuns: number[]
  /** Flat: event time and statistic since it was 0. */
  readonly trail: number[]
  /** Not null since an alert was raised. */
  open: OpenState | null
  lastBadMs: number
  /** What ended before this event time has been judged: an alert about it has recovered. */
  settledMs: number
  /** The agent's count of recoveries that this key has heard of. */
  epoch: number
}

/** Shares of bad runs that are tested for, from a canary to all of them. */
export const ALTERNATIVES = [0.12, 0.3, 0.6, 0.95] as const
/** Observations before a key is judged at all. */
const LEARNED = 10
/** More often than this it always was so: nothing has changed. */
export const STANDING_SHARE = 0.4
/** No rate is taken for smaller: three bad runs in a row may happen anywhere. */
export const MIN_RATE = 0.01

/** Nats for "it is over", and good runs in a row on a version newer than one that was bad in most runs. */
const OVER_NATS = 7.5
const REPLACED_RUNS = 4
const REPLACEABLE_SHARE = 0.7
const MEMORY = 1500
const MAX_TALLIES = 5
const TALLY = 5
const MAX_TRAIL = 16
/** Where no run is known, bad batches closer to each other than this may come from one. */
const CLUSTER_MS = 600_000

export function createKeyState(epoch: number, tallies: number[] | null = []): KeyState {
  return {
    rate: createBetaRate(),
    cusum: createBernoulliCusum(ALTERNATIVES.length),
    tallies,
    runs: [],
    badRuns: [],
    trail: [],
    open: null,
    lastBadMs: Number.MIN_SAFE_INTEGER,
    settledMs: Number.MIN_SAFE_INTEGER,
    epoch,
  }
}

/** True once for each run: calls of one run share a host and a version, so runs are what is independent. */
export function takeRun(
  key: Pick<KeyState, 'runs' | 'badRuns' | 'lastBadMs' | 'settledMs'>,
  seen: Omit<Sighting, 'versionId'>,
  bad: boolean,
  memory: number,
): boolean {
  if (seen.endedMs <= key.settledMs) return false
  if (!seen.hasRun) {
    if (!bad) return true
    const isNew = seen.nowMs >= key.lastBadMs + CLUSTER_MS
    if (isNew) key.lastBadMs = seen.nowMs
    return isNew
  }
  if (key.runs.includes(seen.run) || key.badRuns.includes(seen.run)) return false
  remember(key.runs, seen.run, memory)
  if (bad) remember(key.badRuns, seen.run, Math.max(6, memory >> 2))
  return true
}

function remember(runs: number[], run: number, memory: number): void {
  runs.push(run)
  if (runs.length > memory) runs.shift()
}

/**
 * Learns from or tests one observation against the null rate and gives the evidence in nats; 0 while the key's
 * past is unknown, and for one that always was so. Without `learns` it does not count towards what is normal.
 */
export function updateKey(
  key: KeyState,
  seen: Sighting,
  bad: boolean,
  nullRate: number,
  learns: boolean,
): number {
  const { rate, cusum } = key
  const isKnown = isTestable(key)
  if (learns) addPending(rate, bad)
  if (key.tallies !== null) tally(key.tallies, seen.versionId, bad)
  const evidence = !isKnown ? 0 : updateBernoulliCusum(cusum, bad, nullRate, ALTERNATIVES, seen.nowMs)
  if (evidence === 0) accept(key)
  else follow(key.trail, seen.nowMs, evidence)
  return evidence
}

/** Enough is known of the key, and it is not one that always was serial. */
export function isTestable({ rate }: KeyState): boolean {
  return rate.n >= LEARNED && rate.x <= STANDING_SHARE * rate.n
}

/** Appends to a trail of bounded length; a full one keeps every second point. */
export function follow(trail: number[], atMs: number, value: number): void {
  if (trail.length >= 2 * MAX_TRAIL) {
    for (let i = 1; i < MAX_TRAIL / 2; i++) {
      trail[2 * i] = trail[4 * i] as number
      trail[2 * i + 1] = trail[4 * i + 1] as number
    }
    trail.length = MAX_TRAIL
  }
  trail.push(atMs, Math.round(value * 100) / 100)
}

function accept(key: KeyState): void {
  acceptPending(key.rate, MEMORY)
  key.trail.length = 0
  const { tallies } = key
  if (tallies === null) return
  for (let i = 0; i < tallies.length; i += TALLY) {
    tallies[i + 1] = (tallies[i + 1] as number) + (tallies[i + 3] as number)
    tallies[i + 2] = (tallies[i + 2] as number) + (tallies[i + 4] as number)
    tallies[i + 3] = 0
    tallies[i + 4] = 0
  }
}

function tally(tallies: number[], versionId: number, bad: boolean): void {
  let at = tallies.length - TALLY
  while (at >= 0 && tallies[at] !== versionId) at -= TALLY
  if (at < 0) {
    if (tallies.length >= MAX_TALLIES * TALLY) tallies.splice(0, TALLY)
    at = tallies.length
    tallies.push(versionId, 0, 0, 0, 0)
  }
  tallies[at + 3] = (tallies[at + 3] as number) + 1
  if (bad) tallies[at + 4] = (tallies[at + 4] as number) + 1
}

/** Counts of one version under one key. */
interface VersionTally {
  readonly versionId: number
  readonly n: number
  readonly x: number
  readonly pendingN: number
  readonly pendingX: number
}

export function readTallies({ tallies }: KeyState): VersionTally[] {
  const read: VersionTally[] = []
  if (tallies === null) return read
  for (let i = 0; i < tallies.length; i += TALLY) {
    const [versionId = 0, n = 0, x = 0, pendingN = 0, pendingX = 0] = tallies.slice(i, i + TALLY)
    read.push({ versionId, n, x, pendingN, pendingX })
  }
  return read
}

/** The excursion was what the key always does: it had been learned too little. */
export function acceptExcursion(key: KeyState): void {
  resetBernoulliCusum(key.cusum)
  accept(key)
}

/** Nats for a change in the runs of one version that began with its first run under this key; else 0. */
export function evidenceOfVersion(key: KeyState, versionId: number, nullRate: number): number {
  const found = readTallies(key).find((tally) => tally.versionId === versionId)
  if (found === undefined || found.n > 0) return 0
  let best = 0
  for (const rate of ALTERNATIVES) {
    const bad = found.pendingX * bernoulliLogRatio(true, rate, nullRate)
    best = Math.max(best, bad + (found.pendingN - found.pendingX) * bernoulliLogRatio(false, rate, nullRate))
  }
  return best
}

/**
 * From now on observations count for and against the end of the alert. `since` came since the onset, `own` of it
 * on the version at hand.
 */
export function openKey(key: KeyState, seen: Sighting, since: Counts, own: Counts): void {
  key.open = {
    recovery: createRecovery(Math.max(1, since.n), Math.max(1, since.x), seen.nowMs),
    again: 0,
    versionId: seen.versionId,
    runs: Math.max(1, own.n),
    bad: Math.max(1, own.x),
    newer: 0,
  }
}

/** Whether the alert is over, after one more observation of an open key. */
export function updateOpenKey(open: OpenState, seen: Sighting, bad: boolean, nullRate: number): boolean {
  if (bad) {
    open.again += bernoulliLogRatio(true, 0.95, nullRate)
    open.newer = 0
    if (open.versionId !== seen.versionId) {
      open.versionId = seen.versionId
      open.runs = 0
      open.bad = 0
    }
  } else if (seen.versionId > open.versionId) open.newer++
  if (open.versionId === seen.versionId) {
    open.runs++
    if (bad) open.bad++
  }
  if (updateRecovery(open.recovery, bad, nullRate, seen.nowMs) >= OVER_NATS) return true
  // A version on which almost every run was bad has been replaced if a newer one has none.
  return open.bad > REPLACEABLE_SHARE * (open.runs + 1) && open.newer >= REPLACED_RUNS
}

/** The alert is over; nothing of what it saw was normal. */
export function closeKey(key: KeyState, nowMs: number): void {
  key.open = null
  key.settledMs = nowMs
  forgetExcursion(key)
}

export function forgetExcursion(key: KeyState): void {
  resetBernoulliCusum(key.cusum)
  dropPending(key.rate)
  key.trail.length = 0
  if (key.tallies === null) return
  const kept: number[] = []
  for (const { versionId, n, x } of readTallies(key))
    if (n > 0 && 2 * x <= n) kept.push(versionId, n, x, 0, 0)
  key.tallies = kept
}
