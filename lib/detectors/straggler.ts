import type { Detector, DetectorContext } from './detector.ts'
import { holdLatency } from './latency.ts'
import type { Observation } from './observation.ts'
import { learnClustering, weightWithin } from './straggler/clustering.ts'
import { acceptDispersion, designEffectOf, updateDispersion } from './straggler/dispersion.ts'
import { bestOf, clearEvidence, natsOf, type Step, updateEvidence } from './straggler/evidence.ts'
import { followOpen, type Scope } from './straggler/follow-open.ts'
import { judge } from './straggler/judge.ts'
import { thresholdOf } from './straggler/prove.ts'
import { type ReadCall, readBatch } from './straggler/read-batch.ts'
import { type RivalView, viewRivals } from './straggler/rivals.ts'
import { createRuns, type Run, type Runs, type RunTool, runOf } from './straggler/runs.ts'
import {
  type AgentWatch,
  createAgentWatch,
  createToolWatch,
  knownAcross,
  type ToolWatch,
  toolAgentOf,
  type VersionWatch,
  versionWatchOf,
  type Watch,
} from './straggler/state.ts'

/** From so many nats on an excursion is suspected to be a slowdown, and below so many no longer. */
const SUSPECT = 2.5
const UNSUSPECT = 1
/** A reference of fewer calls learns on whatever comes: it may be the reference that is wrong. */
const MATURE = 40
const MAX_TRAIL = 32
const ROLLED_OUT = 0.8

/** A tool has become slow, by itself and not for what runs beside it, and holds its turns up. */
export const straggler: Detector = {
  name: 'straggler',
  observe(observation, context) {
    const { environment, agent } = observation
    if (observation.calls.length === 0) return
    const runs = context.state<Runs>(`straggler/${environment}/${agent}`, createRuns)
    const run = runOf(runs, observation)
    for (const call of readBatch(observation, run, context)) observeCall(observation, run, call, context)
  },
}

function observeCall(observation: Observation, run: Run, call: ReadCall, context: DetectorContext): void {
  const { environment, agent, nowMs } = observation
  const scope = { environment, agent, tool: call.tool }
  const watch = context.state<AgentWatch>(`straggler/${environment}/${agent}/${call.tool}`, createAgentWatch)
  const across = context.state<ToolWatch>(`straggler/${environment}/*/${call.tool}`, createToolWatch)
  const known = call.shape.n
  const self = toolAgentOf(across, agent)
  self.lastMs = nowMs
  self.known = known
  const before = run.tools[call.tool]
  const weight = before === undefined ? 1 : weightWithin(watch.clustering, before.calls)
  noteInRun(watch, run, call, before)
  if (watch.clearedMs < across.clearedMs) clearWatch(watch, across.clearedMs, scope, context)
  if (watch.open !== null) {
    followOpen({ watch, scope, call, weight, known, observation, context })
    return
  }
  if (across.open !== null) {
    const wide = { ...scope, agent: '*' }
    followOpen({ watch: across, scope: wide, call, weight, known: knownAcross(across), observation, context })
    if (across.open === null) across.clearedMs = nowMs
    return
  }
  let rivals: RivalView | null = null
  const step: Step = {
    call,
    weight,
    isFirstOfRun: before === undefined,
    atMs: observation.startedMs,
    rivals: () => {
      rivals ??= viewRivals(observation, call.call, call.shape, call.shared)
      return rivals
    },
  }
  const version = versionWatchOf(watch, observation.version, nowMs)
  const most = Math.max(
    followVersion(version, step),
    follow(watch, step, scope, nowMs, context),
    follow(across, step, { environment, agent: '*', tool: call.tool }, nowMs, context),
  )
  if (most >= thresholdOf(context))
    judge({ watch, across, version, call, scope, known, observation, context })
}

/** What this call adds to what its run has said of the tool. */
function noteInRun(
  watch: AgentWatch,
  run: Run,
  { tool, score }: ReadCall,
  before: RunTool | undefined,
): void {
  const rounded = Math.round(score * 100) / 100
  if (before === undefined) {
    run.tools[tool] = { calls: 1, score: rounded }
    return
  }
  if (watch.heldFromMs === null) learnClustering(watch.clustering, before.score, rounded)
  before.calls++
  before.score = rounded
}

/** A version with nearly all of the agent's calls has no evidence of its own. Gives nats. */
function followVersion(version: VersionWatch, step: Step): number {
  const { ratios } = step.call
  for (let k = 0; k < ratios.length; k++) {
    version.totals[k] = (version.totals[k] as number) + (ratios[k] as number) * step.weight
  }
  if (version.share < ROLLED_OUT) updateEvidence(version.evidence, step)
  else clearEvidence(version.evidence)
  return natsOf(version.evidence, bestOf(version.evidence))
}

/** Takes a step, and tells the reference from when on it must not learn. Gives nats. */
function follow(watch: Watch, step: Step, scope: Scope, nowMs: number, context: DetectorContext): number {
  const { evidence, dispersion } = watch
  updateEvidence(evidence, step)
  updateDispersion(dispersion, step.call.score, step.weight, nowMs)
  const best = bestOf(evidence)
  const nats = natsOf(evidence, best) / designEffectOf(dispersion)
  extendTrail(watch, nowMs, nats)
  if (nats >= SUSPECT && step.call.shape.n >= MATURE) {
    const fromMs = evidence.onsetMs[best] as number
    if (watch.heldFromMs !== fromMs) holdLatency(context, scope, fromMs, nowMs)
    watch.heldFromMs = fromMs
  } else if (nats < UNSUSPECT) {
    acceptDispersion(dispersion)
    if (watch.heldFromMs !== null) holdLatency(context, scope, null, nowMs)
    watch.heldFromMs = null
  }
  return nats
}

function extendTrail(watch: Watch, nowMs: number, nats: number): void {
  if (nats < UNSUSPECT) {
    if (watch.trail.length > 0) watch.trail = []
    return
  }
  watch.trail.push([nowMs, Math.round(nats * 100) / 100])
  if (watch.trail.length > MAX_TRAIL) watch.trail = watch.trail.filter((_, i) => i % 2 === 0)
}

/** Forgets evidence that went into an alert of the tool across agents. */
function clearWatch(watch: AgentWatch, atMs: number, scope: Scope, context: DetectorContext): void {
  clearEvidence(watch.evidence)
  for (const { evidence } of watch.versions) clearEvidence(evidence)
  holdLatency(context, scope, null, atMs)
  watch.clearedMs = atMs
  watch.heldFromMs = null
  watch.trail = []
}
