import { createFinding, noteConflict, raise, recover } from './conflict/findings.ts'
import { findMeetings, type Meeting } from './conflict/meetings.ts'
import { ALTERNATIVES, type PairState, pairStateOf } from './conflict/pair-state.ts'
import type { Detector, DetectorContext } from './detector.ts'
import type { Observation } from './observation.ts'
import { follow, takeRun } from './serialized/key-state.ts'
import {
  type Attribution,
  acceptAttribution,
  dropAttribution,
  noteAttribution,
} from './statistics/attribution.ts'
import { bernoulliLogRatio, resetBernoulliCusum, updateBernoulliCusum } from './statistics/bernoulli-cusum.ts'
import { hashText } from './statistics/hash-text.ts'
import { createRecovery, updateRecovery } from './statistics/recovery.ts'

/*
 * Two calls of one batch ran at one time on one resource and one of them wrote, or the same write came twice.
 * Identifiers that are drawn at random meet by chance too: how often, the same pair of tools tells in other
 * runs, where a write of this run and what the other tool touched in that one have nothing to do with each other.
 */

const NATS = 11
/** One meeting is never enough, however unlikely by chance. */
const MOST_NATS = 0.6 * NATS
/** One chance meeting in a thousand until other runs say less, never less than one in 50 000. */
const PRIOR_COMPARED = 1000
const MIN_RATE = 0.00002
const CAUTION = 1.5
const OVER_NATS = 7.5
/** The two that gave it away were close to each other by luck: what is rare must be gone for longer to be over. */
const RARER = 4
const MAX_TOUCHED = 16
const MAX_RUNS = 16
const MAX_CELLS = 5

export const conflict: Detector = {
  name: 'conflict',
  observe(observation, context) {
    if (observation.calls.length < 2) return
    const met = findMeetings(observation).map((meeting) => ({
      meeting,
      state: pairStateOf(observation, context, meeting),
    }))
    if (met.length === 0) return
    // What an open alert explains is not counted again for another pair that touched the same.
    const explained = new Set(
      met.flatMap(({ meeting, state }) => (state.recovery === null ? [] : meeting.resources)),
    )
    for (const { meeting, state } of met) {
      const isExplained =
        meeting.resources.length > 0 && meeting.resources.every((path) => explained.has(path))
      if (state.recovery === null && isExplained && !meeting.twice) continue
      if (count(observation, context, meeting, state))
        for (const path of meeting.resources) explained.add(path)
    }
  },
}

/** Takes the run into account; true when an alert was raised by it. */
function count(
  observation: Observation,
  context: DetectorContext,
  meeting: Meeting,
  state: PairState,
): boolean {
  const { runId, hasRun, nowMs, endedMs } = observation
  const bad = meeting.twice || meeting.resources.length > 0
  if (!takeRun(state, { run: hashText(runId), hasRun, nowMs, endedMs }, bad, MAX_RUNS)) return false
  const nullRate = compareWithOthers(state, meeting)
  if (bad) noteConflict(observation, context)
  const threshold = NATS + context.sensitivity.extraNats
  if (state.recovery !== null) {
    followOpen(observation, context, meeting, state, nullRate, threshold)
    return false
  }
  const evidence = updateClipped(state, bad, nullRate, nowMs)
  noteAttribution(
    state.causes,
    observation,
    bad ? 1 : 0,
    evidence > 0 ? state.cusum.onsetMs : null,
    MAX_CELLS,
  )
  if (evidence === 0) {
    acceptAttribution(state.causes)
    state.trail.length = 0
    return false
  }
  follow(state.trail, nowMs, evidence)
  if (evidence < threshold) return false
  raise(observation, context, meeting, createFinding(observation, meeting, state, evidence, threshold))
  const { pendingN, pendingX } = totalPending(state.causes)
  state.recovery = createRecovery(pendingN * RARER, pendingX, nowMs)
  return true
}

/** The rate of chance meetings, from this write beside what the other tool touched in other runs. */
function compareWithOthers(state: PairState, { written, touched }: Meeting): number {
  if (written !== '' && touched !== '') {
    const hash = hashText(written)
    for (const other of state.touched) if (other === hash) state.matched++
    state.compared += state.touched.length
    state.touched.push(hashText(touched))
    if (state.touched.length > MAX_TOUCHED) state.touched.shift()
  }
  return Math.max(MIN_RATE, (CAUTION * (state.matched + 1)) / (state.compared + PRIOR_COMPARED))
}

/** Clipped from above alone, which only lowers the expectation. */
function updateClipped(state: PairState, bad: boolean, nullRate: number, nowMs: number): number {
  const before = [...state.cusum.sums]
  const evidence = updateBernoulliCusum(state.cusum, bad, nullRate, ALTERNATIVES, nowMs)
  if (!bad || evidence === 0) return evidence
  let best = 0
  for (const [k, sum] of state.cusum.sums.entries()) {
    const clipped = Math.min(sum, (before[k] ?? 0) + MOST_NATS)
    state.cusum.sums[k] = clipped
    best = Math.max(best, clipped)
  }
  return best
}

function totalPending({ cells }: Attribution): { pendingN: number; pendingX: number } {
  let pendingN = 0
  let pendingX = 0
  for (const cell of cells) {
    pendingN += cell.pendingN
    pendingX += cell.pendingX
  }
  return { pendingN: Math.max(1, pendingN), pendingX: Math.max(1, pendingX) }
}

function followOpen(
  observation: Observation,
  context: DetectorContext,
  meeting: Meeting,
  state: PairState,
  nullRate: number,
  threshold: number,
): void {
  if (state.recovery === null) return
  const { nowMs } = observation
  const bad = meeting.twice || meeting.resources.length > 0
  noteAttribution(state.causes, observation, bad ? 1 : 0, state.cusum.onsetMs ?? nowMs, MAX_CELLS)
  if (updateRecovery(state.recovery, bad, nullRate, nowMs) >= OVER_NATS) {
    state.recovery = null
    state.again = 0
    state.settledMs = nowMs
    state.trail.length = 0
    resetBernoulliCusum(state.cusum)
    dropAttribution(state.causes)
    recover(observation, context, meeting)
    return
  }
  if (!bad) return
  state.again += Math.min(MOST_NATS, bernoulliLogRatio(true, 0.9, nullRate))
  if (state.again < threshold) return
  raise(observation, context, meeting, createFinding(observation, meeting, state, state.again, threshold))
  state.again = 0
}
