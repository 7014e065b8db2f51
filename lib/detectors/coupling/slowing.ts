import { GAMMA } from '../latency/log-histogram.ts'
import { MOST_NATS, ratiosAt, scoreOf, type Timing } from './timing.ts'
import {
  type PairState,
  rounded,
  SLOW_ALTERNATIVES,
  type SlowExcursion,
  type ToolState,
} from './tool-state.ts'
import { DELAYS, noteDelays, POOL_SLOTS } from './waiting.ts'

/*
 * Does X take longer beside Y than it used to (change), and than X without Y does over the same time (contrast)?
 *
 * Change compares the density of the duration divided by a factor with the density of the duration, f being
 * how long X took before. It reacts at once, but f is only an estimate, and X may have become slow as such.
 * So an alert needs three more things: the same scores differ between X's calls beside Y and those apart, as
 * two samples of one kind would not; the other tools of the batches have not become slower too; and X did not
 * simply wait its turn, as waiting.ts tells.
 */

/** Calls beside Y before the pair is judged. */
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
  /** The same against a queue with so many slots, first come, first served. */
  notPooled(k: number, slots: number): number
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
      for (let i = 0; i < POOL_SLOTS; i++) {
        const ratio = Math.min(MOST_NATS, around.notPooled(k, i + 1))
        excursion.notPooled[i] = rounded((excursion.notPooled[i] as number) + ratio)
      }
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
  const { change, others, notQueued, notPooled, notDelayed } = excursion
  if (change <= LISTEN_NATS) return Math.max(0, change)
  const beside = Math.min(
    change,
    ALONE_AHEAD_NATS + Math.min(-others, notQueued, ...notPooled),
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
function slowContrast({ timed }: ToolState, excursion: SlowExcursion, k: number): number {
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
    notPooled: new Array(POOL_SLOTS).fill(0),
    notDelayed: new Array(DELAYS.length).fill(0),
  }
}
