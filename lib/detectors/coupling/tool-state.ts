import type { Finding } from '../detector.ts'
import { type BetaRate, createBetaRate } from '../statistics/beta-rate.ts'

/** What is remembered of one tool X of one agent: its own calls, and a table of the siblings it ran beside. */
export interface ToolState {
  /** X's calls, and how many of them failed, ever. */
  calls: number
  failures: number
  /** How often X fails, whoever runs beside it; fades. */
  rate: { n: number; x: number }
  /** Mean of ln(duration in ms). */
  logTypical: number
  recent: Recent
  /** Sums over X's calls of known usual duration, to take differences of. */
  timed: TimedSums
  /** The last runs in which X failed: hash, and how often. What follows in them is not independent. */
  failedRuns: [hash: number, failures: number][]
  burst: Burst
  /** Something speaks for X failing beside some sibling, so calls apart from it matter too. */
  isWatched: boolean
  /** What was found and has not recovered: at most one sibling at a time. */
  raised: Raised | null
  siblings: Record<string, PairState>
}

/** X beside one sibling Y. */
export interface PairState {
  /** `ToolState.calls` when X last ran beside Y: what fades has not faded since. */
  seen: number
  /** Share of X's calls that run beside Y, over the last few and the last few hundred. */
  fast: number
  slow: number
  /** X's calls beside Y, and how many of them failed, ever. */
  calls: number
  failures: number
  /** X's calls and failures, with or without Y, before the pair was first seen. */
  bornCalls: number
  bornFailures: number
  /** Failures of X beside Y while all is normal. */
  normal: BetaRate
  /** How many of X's failures would have been beside Y if they were spread like its calls. */
  expected: number
  pendingExpected: number
  /** How much longer X usually takes beside Y than else, in bins of the latency scale. */
  lift: number
  recent: Recent
  /** By alternative; null = nothing speaks for it. */
  failing: (Excursion | null)[]
  slowing: (SlowExcursion | null)[]
  trail: [atMs: number, value: number][]
}

/** Fading counts over the same last calls for all siblings, by which they are compared. */
export interface Recent {
  calls: number
  failures: number
  /** Calls whose usual duration is known, and the sum of their scores for being slow. */
  timed: number
  score: number
}

/** X's failures, fading by event time: within the last hour and the last week or so. */
export interface Burst {
  atMs: number
  hour: number
  week: number
}

export interface TimedSums {
  n: number
  /** Sum of positions on the latency scale. */
  position: number
  /** By alternative: sums of scores and of their squares. */
  scores: number[]
  squares: number[]
}

/** Evidence since an onset that X is worse beside Y. */
export interface Excursion {
  onsetMs: number
  /** Nats that X beside Y is worse than X beside Y used to be. */
  change: number
  /** Nats that X beside Y is worse than X without Y over the same time. */
  contrast: number
  /** X's calls beside Y since, and how many failed. */
  n: number
  x: number
  /** `ToolState.calls` and `failures` at the onset. */
  fromCalls: number
  fromFailures: number
}

export interface SlowExcursion {
  onsetMs: number
  change: number
  /** The run of the last call, and how many of its calls came before: they are not independent. */
  run: number
  runCalls: number
  n: number
  position: number
  score: number
  square: number
  /** `ToolState.timed` at the onset, of this alternative. */
  from: { n: number; position: number; score: number; square: number }
  /** Nats that the other tools of these batches became slower too. */
  others: number
  /** Nats for "slow" against "waited until a sibling had ended". */
  notQueued: number
  /** By number of slots: nats for "slow" against "waited for a slot". */
  notPooled: number[]
  /** By delay: nats for "slow" against "began later by so much". */
  notDelayed: number[]
}

/** An alert was raised; counts evidence for and against it since. */
export interface Raised {
  sibling: string
  /** What X does beside the sibling, and how much of it before and now: rates of failures, or ms and a factor. */
  what: 'fails' | 'slow'
  usual: number
  now: number
  /** The shift in bins, and ln of the usual shares of bins in hundredths as they were when it was raised. */
  shift: number
  logs: readonly number[]
  /** Nats against it, and for it, since. */
  reverse: number
  more: number
  /** As raised, to raise it again while it goes on. */
  finding: Finding
}

export const FAILURE_ALTERNATIVES = 3
export const SLOW_ALTERNATIVES = 2
/** A dozen siblings are about 4 kB. */
const MAX_SIBLINGS = 12

export function createToolState(): ToolState {
  return {
    calls: 0,
    failures: 0,
    rate: { n: 0, x: 0 },
    logTypical: 0,
    recent: createRecent(),
    timed: {
      n: 0,
      position: 0,
      scores: new Array(SLOW_ALTERNATIVES).fill(0),
      squares: new Array(SLOW_ALTERNATIVES).fill(0),
    },
    failedRuns: [],
    burst: { atMs: 0, hour: 0, week: 0 },
    isWatched: false,
    raised: null,
    siblings: {},
  }
}

function createRecent(): Recent {
  return { calls: 0, failures: 0, timed: 0, score: 0 }
}

/** The pair with `sibling`. When it is new and there are too many, the one not seen for longest is forgotten. */
export function pairOf(tool: ToolState, sibling: string): PairState {
  const known = tool.siblings[sibling]
  if (known !== undefined) return known
  const names = Object.keys(tool.siblings)
  if (names.length >= MAX_SIBLINGS) delete tool.siblings[oldestOf(tool, names)]
  const pair: PairState = {
    seen: tool.calls,
    fast: 0,
    slow: 0,
    calls: 0,
    failures: 0,
    bornCalls: tool.calls,
    bornFailures: tool.failures,
    normal: createBetaRate(),
    expected: 0,
    pendingExpected: 0,
    lift: 0,
    recent: createRecent(),
    failing: new Array(FAILURE_ALTERNATIVES).fill(null),
    slowing: new Array(SLOW_ALTERNATIVES).fill(null),
    trail: [],
  }
  tool.siblings[sibling] = pair
  return pair
}

function oldestOf(tool: ToolState, names: readonly string[]): string {
  let oldest = ''
  let seen = Number.POSITIVE_INFINITY
  for (const name of names) {
    const pair = tool.siblings[name]
    if (pair === undefined || pair.seen >= seen || name === tool.raised?.sibling) continue
    oldest = name
    seen = pair.seen
  }
  return oldest
}

/** Forgets all excursions: what they have shown is told, or has come to an end. */
export function endExcursions(tool: ToolState): void {
  for (const pair of Object.values(tool.siblings)) {
    pair.failing.fill(null)
    pair.slowing.fill(null)
    pair.trail = []
  }
}

/** Four decimals: enough for evidence, and short in JSON. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
