import type { Detector } from './detector.ts'
import { type Crossing, createFinding, raiseOnce, recover } from './serialized/findings.ts'
import {
  closeKey,
  forgetExcursion,
  type KeyState,
  openKey,
  STANDING_SHARE,
  takeRun,
  updateKey,
  updateOpenKey,
} from './serialized/key-state.ts'
import { measurePairs, measureSerialShare } from './serialized/measure-overlap.ts'
import { bestNarrow, explainsMore, narrowCrossing, type Watched } from './serialized/narrow.ts'
import {
  causesOf,
  createScene,
  findOpen,
  narrowRate,
  pairOf,
  type Scene,
  type Scope,
  scopeOfPair,
  WHOLE_AGENT,
} from './serialized/scene.ts'
import { AGENT_NATS, AGENT_RUNS, NARROW_NATS, NARROW_RUNS } from './serialized/thresholds.ts'
import { clearVersion, forgetExcursions, rememberBatch } from './serialized/versions.ts'
import { crossingOf, watchAgent } from './serialized/watch-agent.ts'
import { dropAttribution, noteAttribution } from './statistics/attribution.ts'

/*
 * Calls that the intent let overlap ran one after another. Per batch the lost share of the allowed overlap is
 * a counterfactual of its own (see measureSerialShare): neither sizes, nor caps, nor modes, nor declared
 * dependencies move it. Watched are runs, of which each counts once: of the agent; of each of its versions, a
 * canary being a pure stream of its own; of each signature; and of each pair of tools.
 */

/** A batch is serial when it lost more than this of its overlap. */
const SERIAL_SHARE = 0.5
/** Batches of a signature whose way is known. */
const KNOWN = 5

export const serialized: Detector = {
  name: 'serialized',
  observe(observation, context) {
    if (observation.calls.length < 2 || observation.mode === 'serial') return
    const share = measureSerialShare(observation)
    if (share === null) return
    const scene = createScene(observation, context)
    const { agent } = scene
    if (observation.endedMs <= agent.key.settledMs) return
    const bad = share > SERIAL_SHARE
    if (agent.key.open !== null) {
      if (isKnownParallel(scene.signature)) followOpen(scene, WHOLE_AGENT, agent.key, bad)
      return
    }
    const open = findOpen(scene)
    if (open === null) judge(scene, bad)
    else followNarrow(scene, open, bad)
  },
}

/** A signature that always was serial, or of which too little is known, says nothing about its agent. */
function isKnownParallel({ rate }: KeyState): boolean {
  return rate.n >= KNOWN && rate.x <= STANDING_SHARE * rate.n
}

function judge(scene: Scene, bad: boolean): void {
  const { observation, agent, version, signature } = scene
  const isKnown = isKnownParallel(signature)
  const watched: Watched[] = []
  const bySignature = watch(scene, signature, bad)
  // The same task again in the same run: its pairs have been counted with it.
  if (bySignature === null) return
  if (bySignature > 0 && bad) {
    const scope = { signature: observation.signature, pair: null }
    watched.push({ scope, key: signature, evidence: bySignature, overlap: null })
  }
  let overlapped = 0
  for (const overlap of isKnown ? measurePairs(observation) : []) {
    const key = pairOf(scene, overlap.first, overlap.second)
    const evidence = watch(scene, key, overlap.serial)
    if (!overlap.serial) overlapped++
    else if (evidence !== null && evidence > 0)
      watched.push({ scope: scopeOfPair(overlap), key, evidence, overlap })
  }
  if (isKnown) rememberBatch(agent, version, observation, bad)
  const isPartial = overlapped > 0 || isParallelRun(scene)
  const crossing = (isKnown ? watchAgent(scene, bad) : null) ?? narrowCrossing(scene, watched, isPartial)
  if (crossing !== null) raise(scene, crossing, bestNarrow(watched, overlapped > 0), overlapped > 0)
}

/** What the run did first was parallel: its host does not run everything in turn. */
function isParallelRun({ agent: { key }, seen }: Scene): boolean {
  return key.runs.includes(seen.run) && !key.badRuns.includes(seen.run)
}

/** Evidence after one more run, null when the run had been counted. */
function watch({ agent, seen, agentRate }: Scene, key: KeyState, bad: boolean): number | null {
  if (key.epoch !== agent.epoch) {
    forgetExcursion(key)
    key.epoch = agent.epoch
  }
  if (!takeRun(key, seen, bad, NARROW_RUNS)) return null
  return updateKey(key, seen, bad, narrowRate(key, agentRate), true)
}

/**
 * Something is serial: says what, the broadest that fits. `overlapped`: others in the same batch ran side by
 * side, so the agent has not lost everything.
 */
function raise(scene: Scene, crossing: Crossing, narrow: Watched | null, overlapped: boolean): void {
  const { agent, version, seen } = scene
  const isNarrow = narrow !== null && explainsMore(scene, crossing, narrow, overlapped)
  const { scope, key } = isNarrow ? narrow : { scope: WHOLE_AGENT, key: agent.key }
  const finding = createFinding(scene, scope, key, crossing)
  if (isNarrow) {
    const since = { n: key.rate.pendingN, x: key.rate.pendingX }
    openKey(key, seen, since, since)
    agent.open.push(scope)
    // What is explained must not be held against the agent or its other keys too.
    agent.epoch++
    forgetExcursion(agent.key)
    clearVersion(version)
  } else {
    const isVersion = crossing.trail === version.trail
    const since = {
      n: agent.runs - (isVersion ? version.agentRuns : agent.runsBefore),
      x: agent.bad - (isVersion ? version.agentBad : agent.badBefore),
    }
    openKey(key, seen, since, { n: version.pendingN, x: version.pendingX })
  }
  raiseOnce(scene, finding)
}

function followNarrow(scene: Scene, scope: Scope, bad: boolean): void {
  if (scope.signature !== null) {
    // Only the very task has a past to compare with.
    if (scope.signature === scene.observation.signature) followOpen(scene, scope, scene.signature, bad)
    return
  }
  const [first, second] = scope.pair ?? ['', '']
  const overlap = measurePairs(scene.observation).find(
    (pair) => pair.first === first && pair.second === second,
  )
  if (overlap !== undefined) followOpen(scene, scope, pairOf(scene, first, second), overlap.serial)
}

/** Counts for and against the end of an open alert. */
function followOpen(scene: Scene, scope: Scope, key: KeyState, bad: boolean): void {
  const { agent, version, observation, agentRate, context, seen } = scene
  const isWhole = scope === WHOLE_AGENT
  const { open } = key
  if (open === null) {
    closeScope(scene, scope)
    return
  }
  if (!takeRun(key, seen, bad, isWhole ? AGENT_RUNS : NARROW_RUNS)) return
  if (isWhole)
    noteAttribution(causesOf(scene), observation, bad ? 1 : 0, key.cusum.onsetMs ?? version.firstMs)
  if (updateOpenKey(open, seen, bad, isWhole ? agentRate : narrowRate(key, agentRate))) {
    closeKey(key, observation.nowMs)
    if (isWhole) {
      agent.epoch++
      forgetExcursions(agent)
      dropAttribution(causesOf(scene))
    } else closeScope(scene, scope)
    recover(scene, scope)
    return
  }
  const threshold = (isWhole ? AGENT_NATS : NARROW_NATS) + context.sensitivity.extraNats
  if (open.again < threshold) return
  raiseOnce(
    scene,
    createFinding(scene, scope, key, {
      ...crossingOf(key, open.again, threshold),
      onsetMs: key.cusum.onsetMs ?? version.cusum.onsetMs ?? seen.nowMs,
    }),
  )
  open.again = 0
}

function closeScope({ agent }: Scene, closed: Scope): void {
  agent.open = agent.open.filter((scope) => scope !== closed)
}
