import { acceptPending, rateOf } from '../statistics/beta-rate.ts'
import { shareBeside } from './shares.ts'
import {
  type Excursion,
  FAILURE_ALTERNATIVES,
  type PairState,
  rounded,
  type ToolState,
} from './tool-state.ts'

/*
 * Does X fail more beside Y than it used to (change), and than X without Y does over the same time (contrast)?
 *
 * Change is a likelihood ratio of each call beside Y: rate p1 against the learned p0. Contrast compares calls
 * beside Y (rate p1) and apart from it (p0) with calls that all fail at the mean rate q p1 + (1 - q) p0, where q
 * is the share of X's calls that are beside Y by now. Its expectation is 1 whatever the common rate, which may
 * change from call to call: bursts, bad hours and agents cancel. After the e-variable for two proportions of
 * Turner, Ly and Gruenwald (2021), the blocks being single calls. Each alone is a CUSUM; an alert needs both.
 */

/** Odds of failing beside Y over those of before. */
const ODDS_RATIOS: readonly number[] = [3.5, 9, 30]
/** What X fails at is drawn to how often it fails whoever is beside it, by so many calls. */
const PARENT_CALLS = 200
const PRIOR_RATE = 0.04
const PRIOR_CALLS = 20
const MIN_RATE = 0.004
const MAX_RATE = 0.5
/** Old counts are halved beyond so many calls. */
const MEMORY = 2000
/** Calls beside Y before a pair is judged: what never was apart from Y has no past to differ from. */
const LEARN_CALLS = 15
/** A burst that comes to X as such is rare: contrast has so many nats less to prove than change. */
const FAILING_AHEAD_NATS = 7.5
/** Below so many nats an excursion is taken for chance, and what it has seen for normal. */
const CHANCE_NATS = 3
/** Draws the learned odds ratio of failures to 1. */
const SHARE_FAILURES = 20

export interface FailureNote {
  readonly failed: boolean
  /** What the observation counts: less than 1 where its run has seen X fail before. */
  readonly weight: number
  readonly atMs: number
}

/** How often X fails beside Y while all is normal. */
export function usualRate(tool: ToolState, pair: PairState): number {
  const parent = (tool.rate.x + PRIOR_RATE * PRIOR_CALLS) / (tool.rate.n + PRIOR_CALLS)
  return Math.min(MAX_RATE, Math.max(MIN_RATE, rateOf(pair.normal, parent, PARENT_CALLS)))
}

/** Counts a call of X, whoever is beside it. */
export function noteRate({ rate }: ToolState, { failed }: FailureNote): void {
  rate.n++
  if (failed) rate.x++
  if (rate.n <= MEMORY / 2) return
  rate.n /= 2
  rate.x /= 2
}

/** Takes a call of X beside the pair's sibling. */
export function noteBeside(tool: ToolState, pair: PairState, note: FailureNote): void {
  const { failed, weight, atMs } = note
  const isExcited = isExcitedBy(pair, 0)
  if (failed || isExcited) {
    const share = shareBeside(tool, pair)
    if (failed) {
      pair.normal.pendingX = rounded(pair.normal.pendingX + weight)
      pair.pendingExpected = rounded(pair.pendingExpected + weight * share)
      if (pair.normal.n >= LEARN_CALLS) startExcursions(tool, pair, atMs)
    }
    judge(tool, pair, share, note, true)
  }
  pair.normal.pendingN = rounded(pair.normal.pendingN + weight)
  learn(tool, pair)
}

/** Takes a call of X apart from the pair's sibling. */
export function noteApart(tool: ToolState, pair: PairState, note: FailureNote): void {
  const isExcited = isExcitedBy(pair, 0)
  if (!note.failed && !isExcited) return
  const share = shareBeside(tool, pair)
  if (isExcited) judge(tool, pair, share, note, false)
  if (!note.failed) return
  pair.pendingExpected = rounded(pair.pendingExpected + note.weight * share)
  learn(tool, pair)
}

/** Nats by which an alert is judged: contrast may stay behind change, for one of two changes has happened by then. */
export function failingEvidence({ change, contrast }: Excursion): number {
  return Math.max(0, Math.min(change, contrast + FAILING_AHEAD_NATS))
}

/** An excursion was a change: what is pending says nothing about what is normal. */
export function dropPendingFailures(tool: ToolState): void {
  for (const pair of Object.values(tool.siblings)) {
    pair.normal.pendingN = 0
    pair.normal.pendingX = 0
    pair.pendingExpected = 0
  }
}

function startExcursions({ calls, failures }: ToolState, pair: PairState, onsetMs: number): void {
  for (let k = 0; k < FAILURE_ALTERNATIVES; k++) {
    // The present call is the first of the excursion, and already counted.
    pair.failing[k] ??= {
      onsetMs,
      change: 0,
      contrast: 0,
      n: 0,
      x: 0,
      fromCalls: calls - 1,
      fromFailures: failures - 1,
    }
  }
}

function judge(
  tool: ToolState,
  pair: PairState,
  share: number,
  { failed, weight }: FailureNote,
  isBeside: boolean,
): void {
  const usual = usualRate(tool, pair)
  const failureShare = failed ? normalShare(pair, share) : 0
  for (let k = 0; k < FAILURE_ALTERNATIVES; k++) {
    const excursion = pair.failing[k] ?? null
    if (excursion === null) continue
    const rate = alternativeRate(usual, k)
    const mine = isBeside ? rate : usual
    if (isBeside) {
      excursion.n++
      if (failed) excursion.x++
      const ratio = failed ? rate / usual : (1 - rate) / (1 - usual)
      excursion.change = rounded(excursion.change + weight * Math.log(ratio))
    }
    const common = failed ? usual + (rate - usual) * failureShare : 1 - usual - (rate - usual) * share
    const contrast = Math.log((failed ? mine : 1 - mine) / common)
    excursion.contrast = rounded(Math.max(0, excursion.contrast + weight * contrast))
    if (excursion.change <= 0) pair.failing[k] = null
  }
}

function alternativeRate(usual: number, k: number): number {
  const ratio = ODDS_RATIOS[k] as number
  return (usual * ratio) / (1 - usual + usual * ratio)
}

/** Share of X's failures that would be beside Y by now if nothing had changed; more where they always were. */
function normalShare(pair: PairState, share: number): number {
  const ratio = Math.max(1, (pair.normal.x + SHARE_FAILURES) / (pair.expected + SHARE_FAILURES))
  return (ratio * share) / (1 - share + ratio * share)
}

/** Something speaks for X failing beside the sibling, by more than so many nats. */
export function isExcitedBy({ failing }: PairState, nats: number): boolean {
  for (const excursion of failing) {
    if (excursion !== null && excursion.change > nats) return true
  }
  return false
}

function learn(tool: ToolState, pair: PairState): void {
  if (tool.raised !== null || isExcitedBy(pair, CHANCE_NATS)) return
  const whole = pair.normal.n + pair.normal.pendingN
  acceptPending(pair.normal, MEMORY)
  pair.expected += pair.pendingExpected
  // Halved together, so that their ratio stays.
  if (pair.normal.n < whole) pair.expected /= 2
  pair.expected = rounded(pair.expected)
  pair.pendingExpected = 0
}
