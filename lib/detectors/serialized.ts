import type { Detector } from './detector.ts'
import { type Crossing, createFinding, raiseOnce, recover } from './serialized/findings.ts'
import {
  ALTERNATIVES,
  acceptExcursion,
  closeKey,
  evidenceOfVersion,
  follow,
  forgetExcursion,
  isTestable,
  type KeyState,
  openKey,
  STANDING_SHARE,
  takeRun,
  updateKey,
  updateOpenKey,
} from './serialized/key-state.ts'
import { measurePairs, measureSerialShare, type PairOverlap } from './serialized/measure-overlap.ts'
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
import { clearVersion, compareNarrow, forgetExcursions, rememberBatch } from './serialized/versions.ts'
import {
  type Attribution,
  acceptAttribution,
  dropAttribution,
  noteAttribution,
} from './statistics/attribution.ts'
import { updateBernoulliCusum } from './statistics/bernoulli-cusum.ts'
import { logTwoRates } from './statistics/beta-binomial.ts'

/*
 * Calls that the intent let overlap ran one after another. Per batch the lost share of the allowed overlap is
 * a counterfactual of its own (see measureSerialShare): neither sizes, nor caps, nor modes, nor declared
 * dependencies move it. Watched are runs, of which each counts once: of the agent; of each of its versions, a
 * canary being a pure stream of its own; of each signature; and of each pair of tools.
 */

/** Nats, with the price of the best of four alternatives in them. */
const AGENT_NATS = 13.5
/** Below an agent there are a hundred keys, for which three or four serial runs in a row will happen by chance. */
const NARROW_NATS = 15.5
/** A run that ran other calls side by side was on no host that runs everything in turn. */
const PARTIAL_NATS = 12.2
/** Fewer when they were the first ones of a version. */
const FRESH_NATS = 12.2
const FRESH_PARTIAL_NATS = 10.8
/** A change within a version may begin at any of its runs and pays for that: less the nearer to its first run. */
const VERSION_NATS = 8.5
const VERSION_MOST_NATS = 13.5
/** A batch is serial when it lost more than this of its overlap. */
const SERIAL_SHARE = 0.5
/** Batches of a signature whose way is known. */
const KNOWN = 5
/** Nats for "it is over"; fewer when a version rules that is newer than that of the last serial run. */
const OVER_NATS = 7.5
const REPLACED_NATS = 3.5
/** Nats by which a narrower key must explain more than the whole agent: the broader wins a draw. */
const NARROW_PRICE = 4
const PROVED_PRICE = 1.5
/** Pairs as close as this are told apart by who waited for whom. */
const DRAW_NATS = 1.5
/** Nats by which two rates must explain it better than one: little may have been learned of the key. */
const APART_NATS = 4.5
/** Runs remembered as counted. */
const AGENT_RUNS = 128
const NARROW_RUNS = 8

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
    if (agent.key.recovery !== null) {
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

/** A narrower key that this batch is a bad observation of. */
interface Watched {
  readonly scope: Scope
  readonly key: KeyState
  readonly evidence: number
  readonly overlap: PairOverlap | null
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

/** Counts the run for the agent and for its version; the crossing of either. */
function watchAgent(scene: Scene, bad: boolean): Crossing | null {
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

function crossingOf({ cusum, trail }: KeyState, evidence: number, threshold: number): Crossing {
  return { evidence, threshold, onsetMs: cusum.onsetMs ?? trail[0] ?? 0, trail }
}

function narrowCrossing(
  { version, context, agentRate }: Scene,
  watched: readonly Watched[],
  isPartial: boolean,
): Crossing | null {
  const { extraNats } = context.sensitivity
  const narrowNats = (isPartial ? PARTIAL_NATS : NARROW_NATS) + extraNats
  const freshNats = (isPartial ? FRESH_PARTIAL_NATS : FRESH_NATS) + extraNats
  for (const { key, evidence } of watched) {
    if (evidence < freshNats) continue
    const { pendingN, pendingX } = key.rate
    const isApart = logTwoRates(key.rate, { n: pendingN, x: pendingX }) >= APART_NATS
    if (evidence >= narrowNats) {
      if (isApart) return crossingOf(key, evidence, narrowNats)
      acceptExcursion(key)
      continue
    }
    const fresh = evidenceOfVersion(key, version.id, narrowRate(key, agentRate))
    if (isApart && fresh >= freshNats) return crossingOf(key, fresh, freshNats)
  }
  return null
}

/** The narrower key that this batch speaks for most, null if for none. */
function bestNarrow(watched: readonly Watched[], overlapped: boolean): Watched | null {
  let best: Watched | null = null
  let pairs = 0
  const gap = (one: Watched) => Math.abs(one.overlap?.gapMs ?? 0)
  for (const one of watched) {
    if (one.overlap === null) continue
    pairs++
    // Who waited for whom shows in the gap.
    const lead = one.evidence - (best?.evidence ?? 0)
    if (best === null || lead > DRAW_NATS || (lead > -DRAW_NATS && gap(one) < gap(best))) best = one
  }
  const task = watched.find(({ overlap }) => overlap === null)
  if (task === undefined || best === null) return best ?? task ?? null
  // One pair of several that ran in turn is the pair; all of them at once are the task.
  const margin = pairs > 1 && !overlapped ? -1 : 2
  return task.evidence > best.evidence + margin ? task : best
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
    openKey(key, seen, key.rate.pendingN, key.rate.pendingX)
    agent.open.push(scope)
    // What is explained must not be held against the agent or its other keys too.
    agent.epoch++
    forgetExcursion(agent.key)
    clearVersion(version)
  } else {
    const isVersion = crossing.trail === version.trail
    const runs = agent.runs - (isVersion ? version.agentRuns : agent.runsBefore)
    openKey(key, seen, runs, agent.bad - (isVersion ? version.agentBad : agent.badBefore))
  }
  raiseOnce(scene, finding)
}

function explainsMore(
  { agent, version, context }: Scene,
  crossing: Crossing,
  narrow: Watched,
  overlapped: boolean,
): boolean {
  const { signature, pair } = narrow.scope
  const { pendingN, pendingX } = narrow.key.rate
  if (agent.key.cusum.onsetMs === null && version.cusum.onsetMs === null) return true
  if (pair !== null && overlapped) return true
  const tools = signature === null ? (pair ?? []) : signature.split('+')
  const isProved = narrow.evidence >= FRESH_PARTIAL_NATS + context.sensitivity.extraNats
  const inside = { n: pendingN, x: pendingX }
  const gain = compareNarrow(agent, version, { tools, exact: signature !== null }, inside, crossing.onsetMs)
  return gain > (isProved ? PROVED_PRICE : NARROW_PRICE)
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
  if (key.recovery === null) return void closeScope(scene, scope)
  if (!takeRun(key, seen, bad, isWhole ? AGENT_RUNS : NARROW_RUNS)) return
  const isReplaced = version.id > key.lastBadVersion
  if (isWhole)
    noteAttribution(causesOf(scene), observation, bad ? 1 : 0, key.cusum.onsetMs ?? version.firstMs)
  const over = updateOpenKey(key, seen, bad, isWhole ? agentRate : narrowRate(key, agentRate))
  if (over >= (isReplaced ? REPLACED_NATS : OVER_NATS)) {
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
  if (key.again < threshold) return
  raiseOnce(
    scene,
    createFinding(scene, scope, key, {
      ...crossingOf(key, key.again, threshold),
      onsetMs: key.cusum.onsetMs ?? version.cusum.onsetMs ?? seen.nowMs,
    }),
  )
  key.again = 0
}

function closeScope({ agent }: Scene, closed: Scope): void {
  agent.open = agent.open.filter((scope) => scope !== closed)
}
