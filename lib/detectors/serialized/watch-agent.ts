import { type Attribution, acceptAttribution, noteAttribution } from '../statistics/attribution.ts'
import { updateBernoulliCusum } from '../statistics/bernoulli-cusum.ts'
import { logTwoRates } from '../statistics/beta-binomial.ts'
import type { Crossing } from './findings.ts'
import {
  ALTERNATIVES,
  acceptExcursion,
  follow,
  isTestable,
  type KeyState,
  takeRun,
  updateKey,
} from './key-state.ts'
import { causesOf, type Scene } from './scene.ts'
import { AGENT_NATS, AGENT_RUNS, APART_NATS, VERSION_MOST_NATS, VERSION_NATS } from './thresholds.ts'
import { clearVersion } from './versions.ts'

/** Counts the run for the agent and for its version; the crossing of either. */
export function watchAgent(scene: Scene, bad: boolean): Crossing | null {
  const { agent, version, observation, context, runRate, seen } = scene
  const { key } = agent
  if (!takeRun(key, seen, bad, AGENT_RUNS)) return null
  const ofVersion = isTestable(key) ? watchVersion(scene, bad) : 0
  const evidence = updateKey(key, seen, bad, runRate, ofVersion === 0)
  agent.runs++
  if (bad) agent.bad++
  const causes = causesOf(scene)
  noteAttribution(causes, observation, bad ? 1 : 0, evidence > 0 ? key.cusum.onsetMs : null)
  if (evidence === 0) {
    acceptAttribution(causes)
    agent.runsBefore = agent.runs
    agent.badBefore = agent.bad
  }
  const { extraNats } = context.sensitivity
  const threshold = AGENT_NATS + extraNats
  if (evidence >= threshold) {
    const after = { n: agent.runs - agent.runsBefore, x: agent.bad - agent.badBefore }
    if (logTwoRates(key.rate, after) >= APART_NATS) return crossingOf(key, evidence, threshold)
    acceptAgent(scene, causes)
    return null
  }
  const runs = version.runsBefore
  const needed = Math.min(VERSION_MOST_NATS, VERSION_NATS + Math.log((runs + 1) * (runs + 2))) + extraNats
  if (ofVersion < needed) return null
  if (logTwoRates(key.rate, { n: version.pendingN, x: version.pendingX }) < APART_NATS) return null
  return {
    evidence: ofVersion,
    threshold: needed,
    onsetMs: version.cusum.onsetMs ?? seen.nowMs,
    trail: version.trail,
  }
}

/** What seemed a change is what the agent always does: too little had been learned of it. */
function acceptAgent({ agent }: Scene, causes: Attribution): void {
  const { key } = agent
  for (const version of agent.versions) {
    key.rate.pendingN += version.pendingN
    key.rate.pendingX += version.pendingX
    clearVersion(version)
  }
  acceptExcursion(key)
  acceptAttribution(causes)
  agent.runsBefore = agent.runs
  agent.badBefore = agent.bad
}

/** What a version under suspicion shows is not known to be normal before it is cleared. */
function watchVersion({ agent, version, observation, runRate }: Scene, bad: boolean): number {
  const { nowMs } = observation
  const evidence = updateBernoulliCusum(version.cusum, bad, runRate, ALTERNATIVES, nowMs)
  version.runs++
  if (evidence > 0) {
    if (version.pendingN === 0) {
      version.agentRuns = agent.runs
      version.agentBad = agent.bad
    }
    follow(version.trail, nowMs, evidence)
    version.pendingN++
    if (bad) version.pendingX++
    return evidence
  }
  agent.key.rate.pendingN += version.pendingN
  agent.key.rate.pendingX += version.pendingX
  version.pendingN = 0
  version.pendingX = 0
  version.trail.length = 0
  version.runsBefore = version.runs
  return 0
}

export function crossingOf({ cusum, trail }: KeyState, evidence: number, threshold: number): Crossing {
  return { evidence, threshold, onsetMs: cusum.onsetMs ?? trail[0] ?? 0, trail }
}
