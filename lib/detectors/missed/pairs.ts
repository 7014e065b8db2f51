import { bernoulliLogRatio } from '../statistics/bernoulli-cusum.ts'

/*
 * Evidence that two tools whose calls come one a turn could have been one batch. Two things must hold: the
 * second call does not use what the first returned, and the two come apart rather than together.
 */
export interface PairState {
  readonly from: string
  readonly to: string
  /** Nats that the calls are independent. */
  independent: number
  /** Nats that they come apart, against each of `APART`. */
  apart: number[]
  /** Turns apart, and apart or together, since the onset. */
  x: number
  n: number
  /** Event time of the first turn apart since the evidence was last 0. */
  onsetMs: number
  /** Event time up to which the evidence has leaked. */
  atMs: number
  /** The run of the last turn apart, and how many there were. */
  run: string
  runs: number
  /** The key of the pair that it mostly follows within a run, and by how much it does more than others. */
  after: string | null
  afterCount: number
  /** Event time and evidence, in turn. */
  trail: number[]
}

/** Calls of which less than a fifth are independent are a chain, of which most are, are not. */
const DEPENDENT = 0.2
const INDEPENDENT = 0.85
/** A model splits up to a tenth of its steps for no reason. */
export const USUALLY_APART = 0.1
const APART = [0.35, 0.9]
/** What comes less often than about once in four days is not worth a word. */
const LEAK_PER_DAY = 0.3
const DAY_MS = 86_400_000
const MAX_TRAIL = 8
const MAX_NATS = 30

export function createPair(from: string, to: string, nowMs: number): PairState {
  return {
    from,
    to,
    independent: 0,
    apart: APART.map(() => 0),
    x: 0,
    n: 0,
    onsetMs: nowMs,
    atMs: nowMs,
    run: '',
    runs: 0,
    after: null,
    afterCount: 0,
    trail: [],
  }
}

/** A turn of each, the second independent of the first; `after`: the pair before in the same run. */
export function addApart(pair: PairState, run: string, after: string | null, nowMs: number): void {
  leak(pair, nowMs)
  if (evidenceOfPair(pair) === 0) restart(pair, nowMs)
  pair.independent = Math.min(MAX_NATS, pair.independent + bernoulliLogRatio(true, INDEPENDENT, DEPENDENT))
  addShare(pair, true, 1)
  if (pair.run !== run) pair.runs++
  pair.run = run
  if (after !== null) countAfter(pair, after)
  pair.trail.push(nowMs, Math.round(evidenceOfPair(pair) * 100) / 100)
  if (pair.trail.length > 2 * MAX_TRAIL) pair.trail = pair.trail.filter((_, i) => (i >> 1) % 2 === 0)
}

/** A turn of each, the second dependent on the first. */
export function addDependent(pair: PairState, nowMs: number): void {
  leak(pair, nowMs)
  pair.independent = Math.max(0, pair.independent + bernoulliLogRatio(false, INDEPENDENT, DEPENDENT))
}

/** One turn of both; `weight` of at most 1 where it may be another task. */
export function addTogether(pair: PairState, weight: number, nowMs: number): void {
  leak(pair, nowMs)
  addShare(pair, false, weight)
}

/** Nats: the weaker of the two things that must hold. */
export function evidenceOfPair({ independent, apart }: PairState): number {
  return Math.min(independent, Math.max(...apart))
}

/** This pair mostly follows that one in a run. */
export function followsPair({ after, afterCount, x }: PairState, key: string): boolean {
  return after === key && afterCount * 2 >= x
}

function addShare(pair: PairState, isApart: boolean, weight: number): void {
  if (weight === 1) pair.n++
  if (isApart) pair.x++
  for (const [k, rate] of APART.entries()) {
    const sum = (pair.apart[k] ?? 0) + weight * bernoulliLogRatio(isApart, rate, USUALLY_APART)
    pair.apart[k] = Math.min(MAX_NATS, Math.max(0, sum))
  }
}

function leak(pair: PairState, nowMs: number): void {
  const leaked = (Math.max(0, nowMs - pair.atMs) / DAY_MS) * LEAK_PER_DAY
  pair.independent = Math.max(0, pair.independent - leaked)
  pair.apart = pair.apart.map((sum) => Math.max(0, sum - leaked))
  pair.atMs = Math.max(pair.atMs, nowMs)
}

/** Majority vote in constant space (Boyer and Moore). */
function countAfter(pair: PairState, after: string): void {
  if (pair.after === after) pair.afterCount++
  else if (pair.afterCount > 0) pair.afterCount--
  else {
    pair.after = after
    pair.afterCount = 1
  }
}

function restart(pair: PairState, nowMs: number): void {
  pair.x = 0
  pair.n = 0
  pair.runs = 0
  pair.run = ''
  pair.after = null
  pair.afterCount = 0
  pair.onsetMs = nowMs
  pair.trail = []
}
