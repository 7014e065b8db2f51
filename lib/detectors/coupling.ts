import { siblingsBeside } from './coupling/exposure.ts'
import { failingEvidence, isExcitedBy, noteApart, noteBeside, noteRate } from './coupling/failing.ts'
import { judge, reconsider, type Sight } from './coupling/judge.ts'
import { countBeside, countCall } from './coupling/shares.ts'
import { noteSlowBeside, noteTiming, type Surroundings, slowEvidence } from './coupling/slowing.ts'
import { scoreOf, type Timing, timingOf } from './coupling/timing.ts'
import { createToolState, type PairState, rounded, type ToolState } from './coupling/tool-state.ts'
import { notPooledRatio, notQueuedRatio } from './coupling/waiting.ts'
import { shareOfFanOut, weigh } from './coupling/weight.ts'
import type { Detector, DetectorContext } from './detector.ts'
import { isTimed, peekLatencyShape } from './latency.ts'
import type { Observation } from './observation.ts'

/*
 * Finds tools that fail or slow down while a certain sibling runs: "X fails when Y is in flight". One finding a
 * tool, for the sibling that explains most. How it judges is told in coupling/failing.ts and coupling/slowing.ts.
 */

/** A sibling that begins within this share of X's typical duration ran beside it. */
const EARLY = 0.7
const TYPICAL_CALLS = 200
const TRAIL_POINTS = 14
const TRAIL_STEP_NATS = 1

/** Where the state of one tool of one agent is kept; `couplingPairs` reads it. */
export function couplingKey(environment: string, agent: string, tool: string): string {
  return `coupling/${environment}/${agent}/${tool}`
}

export const coupling: Detector = {
  name: 'coupling',
  observe(observation, context) {
    const { calls, agent, environment } = observation
    const stateOf = (tool: string) => context.peek<ToolState>(couplingKey(environment, agent, tool))
    let run = 0
    let timings: (Timing | null)[] | null = null
    for (const [index, call] of calls.entries()) {
      // A retry is no independent call, and one that was cancelled might have ended either way.
      if (call.outcome === 'cancelled' || call.attempt > 1) continue
      timings ??= timingsOf(observation, context)
      run ||= hashOf(observation.runId)
      observeCall(
        { observation, context, call, timing: timings[index] ?? null, stateOf },
        index,
        timings,
        run,
      )
    }
  },
}

function timingsOf({ calls, environment, agent }: Observation, context: DetectorContext): (Timing | null)[] {
  return calls.map((call) =>
    isTimed(call)
      ? timingOf(peekLatencyShape(context, { environment, agent, tool: call.tool }), call.durationMs)
      : null,
  )
}

function observeCall(sight: Sight, index: number, timings: readonly (Timing | null)[], run: number): void {
  const { observation, context, call, timing } = sight
  const { environment, agent, calls, nowMs } = observation
  const tool = context.state(couplingKey(environment, agent, call.tool), createToolState)
  const seen = { failed: call.failed, score: timing === null ? null : scoreOf(timing, 0) }
  const note = { failed: call.failed, weight: weigh(tool, calls, call, { run, atMs: nowMs }), atMs: nowMs }
  const names = calls.length === 1 ? [] : siblingsBeside(calls, index, EARLY * Math.exp(tool.logTypical))
  learnTypical(tool, call.durationMs)
  countCall(tool, seen)
  noteRate(tool, note)
  if (timing !== null) noteTiming(tool, timing)
  for (const name of names) {
    const pair = countBeside(tool, name, seen)
    if (name === call.tool)
      noteBeside(tool, pair, { ...note, weight: note.weight * shareOfFanOut(calls, name) })
    else noteBeside(tool, pair, note)
    if (timing !== null && name !== call.tool)
      noteSlowBeside(tool, pair, timing, surroundingsOf(calls, index, timings, timing), { atMs: nowMs, run })
    follow(tool, pair, nowMs)
  }
  if (call.failed || tool.isWatched) {
    tool.isWatched = false
    for (const name in tool.siblings) {
      const pair = tool.siblings[name] as PairState
      if (!names.includes(name)) noteApart(tool, pair, note)
      if (isExcitedBy(pair, 0)) tool.isWatched = true
    }
  }
  if (tool.raised !== null) reconsider(sight, tool, names, note.weight)
  else if (names.length > 0) judge(sight, tool, names)
}

function learnTypical(tool: ToolState, durationMs: number): void {
  const step = (Math.log(durationMs + 0.1) - tool.logTypical) / Math.min(TYPICAL_CALLS, tool.calls + 1)
  tool.logTypical = rounded(tool.logTypical + step)
}

function surroundingsOf(
  calls: Observation['calls'],
  index: number,
  timings: readonly (Timing | null)[],
  timing: Timing,
): Surroundings {
  return {
    others: (k) => {
      let sum = 0
      let n = 0
      for (const [i, other] of timings.entries()) {
        if (other === null || i === index || calls[i]?.tool === calls[index]?.tool) continue
        sum += scoreOf(other, k)
        n++
      }
      return n === 0 ? 0 : sum / n
    },
    notQueued: (k) => notQueuedRatio(timing, calls, index, k),
    notPooled: (k, slots) => notPooledRatio(timing, calls, index, k, slots),
  }
}

/** Keeps how the evidence of an excursion went, thinned out as it grows long. */
function follow(tool: ToolState, pair: PairState, atMs: number): void {
  let value = 0
  let isQuiet = true
  for (const excursion of pair.failing) {
    if (excursion === null) continue
    isQuiet = false
    value = Math.max(value, failingEvidence(excursion))
  }
  for (let k = 0; k < pair.slowing.length; k++) {
    const excursion = pair.slowing[k] ?? null
    if (excursion === null) continue
    isQuiet = false
    if (excursion.change > value) value = Math.max(value, slowEvidence(tool, excursion, k))
  }
  const { trail } = pair
  if (isQuiet && trail.length > 0) pair.trail = []
  if (Math.abs(value - (trail[trail.length - 1]?.[1] ?? 0)) < TRAIL_STEP_NATS) return
  trail.push([atMs, rounded(value)])
  if (trail.length > TRAIL_POINTS) pair.trail = trail.filter((_, i) => i % 2 === 0 || i === trail.length - 1)
}

/** Of a run's id: short in the state, and a mix-up of two runs would halve one observation. */
function hashOf(text: string): number {
  let hash = 7
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}
