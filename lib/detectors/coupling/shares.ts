import { type PairState, pairOf, type Recent, rounded, type ToolState } from './tool-state.ts'

/*
 * How often X runs beside which sibling. Shares fade by X's calls, not by time, and only when they are read,
 * so that a call without siblings costs nothing for those that it did not run beside.
 */

const FAST = 40
const SLOW = 150
/** So many standard deviations the share over the last few calls may be off by chance. */
const CHANCE = 1.5
/** Calls after which a count for comparing siblings has faded to a third. */
const RECENT = 120

/** One call of X as the counts see it. */
export interface Seen {
  readonly failed: boolean
  /** For being slow, within [-2, 2]; null where its usual duration is not known. */
  readonly score: number | null
}

export function countCall(tool: ToolState, seen: Seen): void {
  tool.calls++
  if (seen.failed) tool.failures++
  fade(tool.recent, 1)
  count(tool.recent, seen)
}

/** Counts X's present call as one beside `sibling`; `countCall` comes first. */
export function countBeside(tool: ToolState, sibling: string, seen: Seen): PairState {
  const pair = pairOf(tool, sibling)
  const { calls } = tool
  const apart = Math.max(0, calls - pair.seen - 1)
  const fast = pair.fast * (1 - 1 / FAST) ** apart
  const slow = pair.slow * (1 - 1 / SLOW) ** apart
  pair.fast = rounded(fast + (1 - fast) / Math.min(FAST, calls))
  pair.slow = rounded(slow + (1 - slow) / Math.min(SLOW, calls))
  pair.calls++
  if (seen.failed) pair.failures++
  fade(pair.recent, calls - pair.seen)
  count(pair.recent, seen)
  pair.seen = calls
  return pair
}

/** Share of X's calls that run beside the sibling now. The present call is in it, so that no exposure is a surprise. */
export function shareBeside(tool: ToolState, pair: PairState): number {
  const apart = tool.calls - pair.seen
  const fast = pair.fast * (1 - 1 / FAST) ** apart
  const slow = pair.slow * (1 - 1 / SLOW) ** apart
  return Math.max(slow, fast - CHANCE * Math.sqrt((fast * (1 - fast)) / (2 * FAST)))
}

/** Nats for "beside it X fails more often, or takes longer" over X's last calls. Comparable among siblings. */
export function compareBeside(tool: ToolState, pair: PairState, what: 'fails' | 'slow'): number {
  const kept = (1 - 1 / RECENT) ** (tool.calls - pair.seen)
  const all = tool.recent
  if (what === 'fails') {
    const n = pair.recent.calls * kept
    const x = Math.min(n, pair.recent.failures * kept)
    return splitByFailures({ n, x }, { n: Math.max(0, all.calls - n), x: Math.max(0, all.failures - x) })
  }
  const n = pair.recent.timed * kept
  const score = pair.recent.score * kept
  const apartN = Math.max(0, all.timed - n)
  const difference = score / (n + 1) - (all.score - score) / (apartN + 1)
  return difference > 0 ? difference ** 2 / (1 / (n + 1) + 1 / (apartN + 1)) / 2 : 0
}

interface Counts {
  readonly n: number
  readonly x: number
}

/** Log-likelihood ratio of two rates against one, 0 unless the first is the higher. */
function splitByFailures(beside: Counts, apart: Counts): number {
  if (beside.x * apart.n <= apart.x * beside.n) return 0
  return (
    logLikelihood(beside) +
    logLikelihood(apart) -
    logLikelihood({ n: beside.n + apart.n, x: beside.x + apart.x })
  )
}

/** At the rate most likely, slightly shrunk. */
function logLikelihood({ n, x }: Counts): number {
  const rate = (x + 0.02) / (n + 0.5)
  return x * Math.log(rate) + Math.max(0, n - x) * Math.log(1 - rate)
}

function fade(recent: Recent, calls: number): void {
  if (calls <= 0) return
  const kept = (1 - 1 / RECENT) ** calls
  recent.calls *= kept
  recent.failures *= kept
  recent.timed *= kept
  recent.score *= kept
}

function count(recent: Recent, { failed, score }: Seen): void {
  recent.calls = rounded(recent.calls + 1)
  recent.failures = rounded(recent.failures + (failed ? 1 : 0))
  recent.timed = rounded(recent.timed + (score === null ? 0 : 1))
  recent.score = rounded(recent.score + (score ?? 0))
}
