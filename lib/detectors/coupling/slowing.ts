import { type LatencyShape, logShareOf } from '../latency/latency-shape.ts'
import { durationAt, GAMMA, positionOf } from '../latency/log-histogram.ts'
import type { ObservedCall } from '../observation.ts'
import {
  type PairState,
  rounded,
  SLOW_ALTERNATIVES,
  type SlowExcursion,
  type ToolState,
} from './tool-state.ts'

/*
 * Does X take longer beside Y than it used to (change), and than X without Y does over the same time (contrast)?
 *
 * Change compares the density of the duration divided by a factor with the density of the duration, f being
 * how long X took before. It reacts at once, but f is only an estimate, and X may have become slow as such.
 * So an alert needs three more things: the same scores differ between X's calls beside Y and those apart, as
 * two samples of one kind would not; the other tools of the batches have not become slower too; and X did not
 * simply wait until a sibling had ended, which is a queue.
 */

/** Factors 1.75 and 2.66, in bins of the latency scale. */
export const SHIFTS: readonly number[] = [4, 7]
/** No single call says more: the tails of f are guesses. Clipping from above keeps the expectation at most 1. */
const MOST_NATS = 2
/** What any call costs, so that a difference too small to matter never adds up. */
const LEAK_NATS = 0.05
const MIN_SCORE = -2
/** Calls X must be known by, and calls beside Y before the pair is judged. */
const LEARN_TOOL_CALLS = 60
const LEARN_CALLS = 15
/** Calls beside Y that one excursion may last: what is not plain by then is drift. */
const MAX_CALLS = 100
/** Contrast, and what the batch says, have so many nats less to prove than change: they rule out rarer things. */
const CONTRAST_AHEAD_NATS = 4.5
const ALONE_AHEAD_NATS = 9
const DELAY_AHEAD_NATS = 12
const SUSPECTED_CHANGE_NATS = 5
const SUSPECTED_CONTRAST_NATS = 3
/** What else the batch says is heard only once something speaks for the pair. */
const LISTEN_NATS = 2
const LIFT_CALLS = 60
/** A learned lift below so many bins is chance. */
const LIFT_CHANCE = 1
/** Delays in usual durations. */
const DELAYS: readonly number[] = [0.5, 0.8, 1.3, 2, 3.2]
const DISPATCH_MS = 25

/** A call's duration against what is usual for its tool. */
export interface Timing {
  readonly shape: LatencyShape
  readonly position: number
  /** By alternative: nats for "longer by its factor". */
  readonly ratios: readonly number[]
}

export function timingOf(shape: LatencyShape | null, durationMs: number): Timing | null {
  if (shape === null || shape.n < LEARN_TOOL_CALLS) return null
  const position = positionOf(durationMs)
  return { shape, position, ratios: ratiosAt(shape, Math.floor(position)) }
}

export function scoreOf(timing: Timing, k: number): number {
  return Math.max(MIN_SCORE, timing.ratios[k] as number)
}

function ratiosAt(shape: LatencyShape, bin: number): number[] {
  return SHIFTS.map((shift) => ratioAt(shape.logs, bin, shift) - LEAK_NATS)
}

/** Nats for "longer by `shift` bins". `logs` are ln of shares in hundredths. */
export function ratioAt(logs: readonly number[], bin: number, shift: number): number {
  const before = bin < shift ? -2000 : (logs[bin - shift] ?? -2000)
  return Math.min(MOST_NATS, (before - (logs[bin] ?? -2000)) / 100)
}

/** Takes a timed call of X, whoever is beside it. */
export function noteTiming({ timed }: ToolState, timing: Timing): void {
  timed.n++
  timed.position = rounded(timed.position + timing.position)
  for (let k = 0; k < SLOW_ALTERNATIVES; k++) {
    const score = scoreOf(timing, k)
    timed.scores[k] = rounded((timed.scores[k] as number) + score)
    timed.squares[k] = rounded((timed.squares[k] as number) + score * score)
  }
}

/** What the rest of the batch says about a slow call: asked for only where it matters. */
export interface Surroundings {
  /** Mean nats, by alternative, that the other tools of the batch were slow too. */
  others(k: number): number
  /** Nats for "slow" against "waited in a queue". */
  notQueued(k: number): number
}

/** Takes a timed call of X beside the pair's sibling; `noteTiming` comes first. */
export function noteSlowBeside(
  tool: ToolState,
  pair: PairState,
  timing: Timing,
  around: Surroundings,
  moment: { readonly atMs: number; readonly run: number },
): void {
  const lift = Math.max(0, Math.round(pair.lift - LIFT_CHANCE))
  const ratios = lift === 0 ? timing.ratios : ratiosAt(timing.shape, Math.floor(timing.position) - lift)
  let excited = false
  for (let k = 0; k < SLOW_ALTERNATIVES; k++) {
    const ratio = ratios[k] as number
    const known = pair.slowing[k] ?? null
    if (pair.calls <= LEARN_CALLS || (known === null && ratio <= 0)) continue
    const excursion = known ?? start(tool, timing, k, moment.atMs)
    excursion.runCalls = excursion.run === moment.run ? excursion.runCalls + 1 : 0
    excursion.run = moment.run
    if (excursion.change > LISTEN_NATS) {
      excursion.others = rounded(excursion.others + around.others(k))
      excursion.notQueued = rounded(excursion.notQueued + around.notQueued(k))
      noteDelays(excursion, timing, k)
    }
    const score = scoreOf(timing, k)
    excursion.change = rounded(excursion.change + ratio * 0.5 ** excursion.runCalls)
    excursion.n++
    excursion.position = rounded(excursion.position + timing.position)
    excursion.score = rounded(excursion.score + score)
    excursion.square = rounded(excursion.square + score * score)
    if (excursion.change > LISTEN_NATS) excited = true
    pair.slowing[k] = excursion.change > 0 && excursion.n <= MAX_CALLS ? excursion : null
  }
  if (excited || tool.raised !== null) return
  const usual = tool.timed.position / tool.timed.n
  pair.lift = rounded(pair.lift + (timing.position - usual - pair.lift) / Math.min(LIFT_CALLS, pair.calls))
}

/**
 * Nats by which an alert is judged: the least of what is asked, each ahead by what it has less to prove than
 * change.
 */
export function slowEvidence(tool: ToolState, excursion: SlowExcursion, k: number): number {
  const { change, others, notQueued, notDelayed } = excursion
  if (change <= LISTEN_NATS) return Math.max(0, change)
  const beside = Math.min(
    change,
    ALONE_AHEAD_NATS + Math.min(-others, notQueued),
    DELAY_AHEAD_NATS + Math.min(...notDelayed),
  )
  return Math.max(
    0,
    beside <= 0 ? 0 : Math.min(beside, slowContrast(tool, excursion, k) + CONTRAST_AHEAD_NATS),
  )
}

/** X is slower beside the sibling, by little evidence: enough to doubt that another tool is alone in it. */
export function isSuspected(tool: ToolState, pair: PairState): boolean {
  return pair.slowing.some(
    (excursion, k) =>
      excursion !== null &&
      excursion.change > SUSPECTED_CHANGE_NATS &&
      slowContrast(tool, excursion, k) > SUSPECTED_CONTRAST_NATS,
  )
}

/** Nats for two means against one: scores of X's calls beside Y and of those apart, since the onset. */
export function slowContrast({ timed }: ToolState, excursion: SlowExcursion, k: number): number {
  const { n, score, square, from } = excursion
  const apartN = timed.n - from.n - n
  if (apartN < 3) return 0
  const apartScore = (timed.scores[k] as number) - from.score - score
  const apartSquare = (timed.squares[k] as number) - from.square - square
  const difference = score / n - apartScore / apartN
  if (difference <= 0) return 0
  const within = square - score ** 2 / n + apartSquare - apartScore ** 2 / apartN
  // Four calls' worth of prior variance 1: few scores that agree by chance are no certainty.
  const variance = (within + 4) / (n + apartN + 2)
  return difference ** 2 / (variance * (1 / n + 1 / apartN)) / 2
}

/** How much longer X took beside Y than apart since the onset, as a factor of geometric means. */
export function slowFactor({ timed }: ToolState, { n, position, from }: SlowExcursion): number {
  const apartN = Math.max(1, timed.n - from.n - n)
  const apart = (timed.position - from.position - position) / apartN
  return GAMMA ** (position / n - apart)
}

/**
 * Nats for "longer by the alternative's factor" against "began its work when some sibling, handed over before
 * it, had ended". Which sibling is not known: their densities are averaged, so that the rival is a density too.
 */
export function notQueuedRatio(
  { shape, position }: Timing,
  calls: readonly ObservedCall[],
  index: number,
  k: number,
): number {
  const call = calls[index] as ObservedCall
  let waited = 0
  let candidates = 0
  for (const [i, other] of calls.entries()) {
    if (other.startMs > call.startMs + DISPATCH_MS) break
    if (i === index || other.endMs <= call.startMs) continue
    candidates++
    if (other.endMs < call.endMs) waited += densityAt(shape, call.endMs - other.endMs)
  }
  const bin = Math.floor(position)
  const alone = densityAt(shape, call.durationMs)
  const queued = candidates === 0 ? alone : 0.2 * alone + (0.8 * waited) / candidates
  const shift = SHIFTS[k] as number
  return (
    logShareOf(shape, bin - shift) -
    Math.log(Math.max(call.durationMs, 0.1)) -
    Math.log(Math.max(queued, 1e-12))
  )
}

/**
 * A rate limit makes X begin later by the same time whenever Y began before. Adds what the call says for "longer
 * by a factor" against that, for each length of the delay.
 */
function noteDelays(excursion: SlowExcursion, { shape, position }: Timing, k: number): void {
  const ms = durationAt(position)
  const slow = logShareOf(shape, Math.floor(position) - (SHIFTS[k] as number)) - Math.log(ms)
  const usualMs = durationAt(shape.median)
  for (const [i, delay] of DELAYS.entries()) {
    const leftMs = ms - delay * usualMs
    const ratio = leftMs <= 0 ? MOST_NATS : slow - Math.log(densityAt(shape, leftMs))
    excursion.notDelayed[i] = rounded((excursion.notDelayed[i] as number) + Math.min(MOST_NATS, ratio))
  }
}

/** Density per ms, up to the width of a bin on the log scale. */
function densityAt(shape: LatencyShape, ms: number): number {
  return Math.exp(logShareOf(shape, Math.floor(positionOf(ms)))) / Math.max(ms, 0.1)
}

function start({ timed }: ToolState, timing: Timing, k: number, atMs: number): SlowExcursion {
  const score = scoreOf(timing, k)
  return {
    onsetMs: atMs,
    change: 0,
    run: 0,
    runCalls: 0,
    n: 0,
    position: 0,
    score: 0,
    square: 0,
    // The present call is the first of the excursion, and already summed up.
    from: {
      n: timed.n - 1,
      position: timed.position - timing.position,
      score: (timed.scores[k] as number) - score,
      square: (timed.squares[k] as number) - score * score,
    },
    others: 0,
    notQueued: 0,
    notDelayed: new Array(DELAYS.length).fill(0),
  }
}
