import type { Detector, DetectorContext } from './detector.ts'
import { holdLatency } from './latency.ts'
import type { Observation } from './observation.ts'
import { learnClustering, weightWithin } from './straggler/clustering.ts'
import { acceptDispersion, designEffectOf, updateDispersion } from './straggler/dispersion.ts'
import { bestOf, clearEvidence, natsOf, type Step, updateEvidence } from './straggler/evidence.ts'
import { followOpen, type Scope } from './straggler/follow-open.ts'
import { judge } from './straggler/judge.ts'
import { type ReadCall, readBatch } from './straggler/read-batch.ts'
import { viewRivals } from './straggler/rivals.ts'
import { createRuns, type Run, type Runs, runOf } from './straggler/runs.ts'
import {
  type AgentWatch,
  createAgentWatch,
  createToolWatch,
  type ToolWatch,
  toolAgentOf,
  versionWatchOf,
  type Watch,
} from './straggler/state.ts'

/** From so many nats on an excursion is suspected to be a slowdown, and below so many no longer. */
const SUSPECT = 2.5
const UNSUSPECT = 1
/** A reference of fewer calls learns on whatever comes: it may be the reference that is wrong. */
const MATURE = 40
const MAX_TRAIL = 48

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
  const { tool } = call
  const watch = context.state<AgentWatch>(`straggler/${environment}/${agent}/${tool}`, createAgentWatch)
  const across = context.state<ToolWatch>(`straggler/${environment}/*/${tool}`, createToolWatch)
  const self = toolAgentOf(across, agent)
  self.lastMs = nowMs
  self.known = call.shape.n
  const weight = weigh(watch, run, call)
  const scope = { environment, agent, tool }
  if (watch.clearedMs < across.clearedMs) clearWatch(watch, across.clearedMs, scope, context)
  if (watch.open !== null) {
    followOpen({ watch, scope, call, weight, known: call.shape.n, observation, context })
    return
  }
  if (across.open !== null) {
    const wide = { ...scope, agent: '*' }
    followOpen({ watch: across, scope: wide, call, weight, known: knownAcross(across), observation, context })
    if (across.open === null) across.clearedMs = nowMs
    return
  }
  const step: Step = {
    ratios: call.ratios.map((ratio) => ratio * weight.value),
    weight: weight.value,
    known: call.shape.n,
    shared: call.plainShared,
    isSolo: call.isSolo,
    isFirstOfRun: weight.isFirst,
    wallMs: call.wallMs,
    avoidableMs: call.avoidableMs,
    atMs: observation.startedMs,
    rivals:
      watch.trail.length + across.trail.length > 0
        ? viewRivals(observation, call.call, call.shape, call.shared)
        : null,
  }
  const version = versionWatchOf(watch, observation.version, nowMs)
  for (const [k, ratio] of step.ratios.entries())
    version.totals[k] = round((version.totals[k] as number) + ratio)
  updateEvidence(version.evidence, step)
  follow(watch, step, call.score, { ...scope, nowMs }, context)
  follow(across, step, call.score, { ...scope, agent: '*', nowMs }, context)
  judge({
    watch,
    across,
    version,
    scope,
    known: call.shape.n,
    knownAcross: knownAcross(across),
    observation,
    context,
  })
}

/** What this call adds to what its run has said of the tool. */
function weigh(watch: AgentWatch, run: Run, call: ReadCall): { value: number; isFirst: boolean } {
  const before = run.tools[call.tool]
  if (before === undefined) {
    run.tools[call.tool] = { calls: 1, score: round(call.score) }
    return { value: 1, isFirst: true }
  }
  if (!watch.isHeld && watch.open === null) learnClustering(watch.clustering, before.score, call.score)
  const value = weightWithin(watch.clustering, before.calls)
  before.calls++
  before.score = round(call.score)
  return { value, isFirst: false }
}

/** Takes a step, and tells the reference from when on it must not learn. */
function follow(
  watch: Watch,
  step: Step,
  score: number,
  scope: Scope & { readonly nowMs: number },
  context: DetectorContext,
): void {
  const { evidence, dispersion } = watch
  updateEvidence(evidence, step)
  updateDispersion(dispersion, score, step.weight, scope.nowMs)
  const best = bestOf(evidence)
  const nats = natsOf(evidence, best) / designEffectOf(dispersion)
  extendTrail(watch, scope.nowMs, nats)
  if (nats >= SUSPECT && step.known >= MATURE) {
    holdLatency(context, scope, evidence.onsetMs[best] as number, scope.nowMs)
    watch.isHeld = true
  } else if (nats < UNSUSPECT) {
    acceptDispersion(dispersion)
    if (watch.isHeld) holdLatency(context, scope, null, scope.nowMs)
    watch.isHeld = false
  }
}

function extendTrail(watch: Watch, nowMs: number, nats: number): void {
  if (nats < UNSUSPECT) {
    if (watch.trail.length > 0) watch.trail = []
    return
  }
  watch.trail.push([nowMs, Math.round(nats * 100) / 100])
  if (watch.trail.length > MAX_TRAIL) watch.trail = watch.trail.filter((_, i) => i % 2 === 0)
}

function knownAcross({ agents }: ToolWatch): number {
  let sum = 0
  for (const name in agents) sum += agents[name]?.known ?? 0
  return sum
}

/** Forgets evidence that went into an alert of the tool across agents. */
function clearWatch(watch: AgentWatch, atMs: number, scope: Scope, context: DetectorContext): void {
  clearEvidence(watch.evidence)
  for (const { evidence } of watch.versions) clearEvidence(evidence)
  holdLatency(context, scope, null, atMs)
  watch.clearedMs = atMs
  watch.isHeld = false
  watch.trail = []
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
