import { hasTool } from '../convoy/queue.ts'
import type { ConvoyState } from '../convoy/state.ts'
import type { DetectorContext, Finding } from '../detector.ts'
import { holdLatency } from '../latency.ts'
import type { Observation } from '../observation.ts'
import { ALTERNATIVES, type Alternative } from './alternatives.ts'
import { type Blame, blame } from './blame.ts'
import { isCovered, noteTold } from './cover.ts'
import { designEffectOf, dropDispersion } from './dispersion.ts'
import { bestOf, clearEvidence, type Evidence, natsOf } from './evidence.ts'
import type { Scope } from './follow-open.ts'
import type { ReadCall } from './read-batch.ts'
import { natsAgainstQueue, natsWithoutSibling } from './rivals.ts'
import { type AgentWatch, knownAcross, type ToolWatch, type VersionWatch, type Watch } from './state.ts'

/** Nats that an alert takes. */
const THRESHOLD = 15.5
/** Nats that calls without a sibling must bring: else siblings may be to blame. */
const SOLO = -1.5
const SOLO_OF_TAIL = -2
const SOLO_PART = 0.25
/** What they must bring once a queue is suspected by so many nats. */
const SOLO_PROOF = 3
const QUEUE_SUSPECTED = 6
const QUEUE = 3
const SIBLING = 3
/** The slowdown must be so many times what slowed everything meanwhile, on a log scale. */
const MORE_THAN_SHARED = 2
/** Standard deviations. */
const GIVE_OR_TAKE = 1.5
const SHORT_MS = 2 * 3_600_000
const MIN_RUNS = 3
/** What the turn would have gained: this share of the batch, and this much of it. */
const AVOIDABLE_SHARE = 0.1
const AVOIDABLE_MS = 30
/** Agents that saw an onset some hours apart, for their calls are, saw the same. */
const ONSET_SLACK_MS = 3 * 3_600_000
/** Nats that others must bring against a cause of the agent's own, and that each silent one takes away. */
const OWN_CAUSE = 6
const SILENT_AGENT = 2
/** A version with more of the calls than this is taken for rolled out; one with fewer than this for rare. */
const ROLLED_OUT = 0.8
const MIN_SHARE = 0.05

interface Judging {
  readonly watch: AgentWatch
  readonly across: ToolWatch
  readonly version: VersionWatch
  readonly call: ReadCall
  readonly scope: Scope
  readonly known: number
  readonly observation: Observation
  readonly context: DetectorContext
}

/** What has crossed the threshold. */
interface Proof {
  readonly alternative: number
  readonly nats: number
  readonly onsetMs: number
}

/** Nats below which there is nothing to judge. */
export function thresholdOf(context: DetectorContext): number {
  return THRESHOLD + context.sensitivity.extraNats
}

/** Tells a slowdown once its evidence is complete: of the agent if it is the agent's own, else across agents. */
export function judge(judging: Judging): void {
  const { watch, across, version, scope, context } = judging
  const own = prove(watch.evidence, watch, judging) ?? prove(version.evidence, watch, judging)
  const shared = prove(across.evidence, across, judging)
  const proof = own ?? shared
  if (proof === null) return
  const lead = own === null ? leadOf(judging, proof) : scope.agent
  const leader = lead === scope.agent ? watch : peekAgent(context, { ...scope, agent: lead })
  const blamed = blame(leader ?? watch, proof.alternative, proof.onsetMs)
  if (isOfAll(judging, proof, lead, blamed)) {
    tell(across, { ...scope, agent: '*' }, { ...judging, known: knownAcross(across) }, shared ?? proof, null)
    across.clearedMs = judging.observation.nowMs
  } else if (own !== null) {
    tell(watch, scope, judging, own, blamed)
    // What this agent alone sees is no evidence for all.
    clearEvidence(across.evidence)
  }
}

/** The agent from whose calls most of the evidence comes. */
function leadOf({ watch, across, scope, context }: Judging, { alternative }: Proof): string {
  let lead = scope.agent
  let most = watch.evidence.sums[alternative] as number
  for (const agent of Object.keys(across.agents)) {
    const sum = peekAgent(context, { ...scope, agent })?.evidence.sums[alternative] ?? 0
    if (sum <= most) continue
    most = sum
    lead = agent
  }
  return lead
}

function peekAgent(context: DetectorContext, { environment, agent, tool }: Scope): AgentWatch | null {
  return context.peek<AgentWatch>(`straggler/${environment}/${agent}/${tool}`)
}

/** What fits best is told, and must matter; that nothing else explains it may be plainer of another alternative. */
function prove(evidence: Evidence, { dispersion }: Watch, judging: Judging): Proof | null {
  const threshold = thresholdOf(judging.context)
  const best = bestOf(evidence)
  const effect = designEffectOf(dispersion)
  const nats = natsOf(evidence, best) / effect
  if (nats < threshold || !isMaterial(evidence, best)) return null
  const queueNats = natsForQueue(judging)
  for (let k = 0; k < ALTERNATIVES.length; k++) {
    const own = natsOf(evidence, k) / effect
    if (own < threshold || (evidence.runs[k] as number) < MIN_RUNS) continue
    if (!areOthersWell(evidence, k, judging)) continue
    if (!isOwnFault(evidence, k, own / (evidence.sums[k] as number), queueNats)) continue
    return { alternative: best, nats, onsetMs: evidence.onsetMs[best] as number }
  }
  return null
}

/**
 * A short excursion may be an hour in which everything is slow: until other tools have been heard and are, give
 * or take, less than half as slow, nothing is told.
 */
function areOthersWell(evidence: Evidence, k: number, { call, observation }: Judging): boolean {
  if (observation.nowMs - (evidence.onsetMs[k] as number) > SHORT_MS) return true
  const weight = call.others.weight - (evidence.othersWeight[k] as number)
  if (weight <= 0) return false
  const mean = (call.others.sum - (evidence.othersSum[k] as number)) / weight
  return (mean + GIVE_OR_TAKE / Math.sqrt(weight)) * MORE_THAN_SHARED < (ALTERNATIVES[k] as Alternative).bins
}

/** Not for its siblings: calls without any show it, or all calls do in a way that siblings do not explain. */
function isOwnFault(evidence: Evidence, k: number, scale: number, queueNats: number): boolean {
  const shared = (evidence.shared[k] as number) / (evidence.calls[k] as number)
  const { bins, share } = ALTERNATIVES[k] as Alternative
  return (
    shared * MORE_THAN_SHARED < bins &&
    isSlowAlone(
      evidence,
      k,
      scale,
      queueNats >= QUEUE_SUSPECTED ? SOLO_PROOF : share > 0.5 ? SOLO : SOLO_OF_TAIL,
    ) &&
    natsAgainstQueue(evidence.rivals, k) * scale >= QUEUE &&
    natsWithoutSibling(evidence.rivals, k) * scale >= SIBLING
  )
}

/** What the detector of queues holds against the tool being slow by itself. */
function natsForQueue({ context, scope }: Judging): number {
  const state = context.peek<ConvoyState>(`convoy/${scope.environment}/${scope.agent}`)
  if (state === null) return 0
  if (state.open.some(({ tools }) => tools.includes(scope.tool))) return Number.POSITIVE_INFINITY
  const index = state.tools.findIndex(({ name }) => name === scope.tool)
  if (index < 0) return 0
  let most = 0
  for (const { queue, sum } of state.candidates) if (hasTool(queue.mask, index)) most = Math.max(most, sum)
  return most
}

/** Calls without a sibling say the same as the others do, or at least a good part of it, give or take. */
function isSlowAlone(evidence: Evidence, k: number, scale: number, least: number): boolean {
  const solo = evidence.solo[k] as number
  const soloCalls = evidence.soloCalls[k] as number
  const calls = (evidence.calls[k] as number) - soloCalls
  const expected = calls > 0 ? (((evidence.sums[k] as number) - solo) / calls) * soloCalls : 0
  return (solo - SOLO_PART * expected) * scale >= least
}

function isMaterial(evidence: Evidence, k: number): boolean {
  const avoidableMs = evidence.avoidableMs[k] as number
  return (
    avoidableMs > AVOIDABLE_SHARE * (evidence.wallMs[k] as number) &&
    avoidableMs > AVOIDABLE_MS * (evidence.batches[k] as number)
  )
}

/** Other agents see it too, or nothing says that it is this agent's own. */
function isOfAll(
  { across, scope, context }: Judging,
  proof: Proof,
  lead: string,
  { version }: Blame,
): boolean {
  let nats = version === null ? 0 : -OWN_CAUSE
  for (const [name, { lastMs }] of Object.entries(across.agents)) {
    if (name === lead) continue
    const other = peekAgent(context, { ...scope, agent: name })
    if (other === null || other.open !== null || lastMs < proof.onsetMs) continue
    const sum = other.evidence.sums[proof.alternative] as number
    const isSame = (other.evidence.onsetMs[proof.alternative] as number) > proof.onsetMs - ONSET_SLACK_MS
    nats += sum >= 1 && isSame ? sum : -SILENT_AGENT
  }
  return nats >= 0
}

function tell(
  watch: Watch,
  scope: Scope,
  { known, observation, context }: Judging,
  proof: Proof,
  blamed: Blame | null,
): void {
  const { alternative, onsetMs } = proof
  const covered = isCovered(context, scope, onsetMs, known)
  const finding = report(watch, scope, proof, blamed, thresholdOf(context))
  holdLatency(context, scope, onsetMs, observation.nowMs)
  watch.open = { alternative, finding, ...liveBeside(watch, blamed), isCovered: covered, over: 0, again: 0 }
  watch.heldFromMs = onsetMs
  watch.trail = []
  clearEvidence(watch.evidence)
  dropDispersion(watch.dispersion)
  if (covered) return
  noteTold(context, scope, onsetMs, known)
  context.raise(finding)
}

/** Versions from before the one to blame, where it is not yet rolled out. */
function liveBeside(watch: Watch, blamed: Blame | null): { older: string[]; share: number } {
  const bad = blamed?.version ?? null
  if (bad === null || !('versions' in watch) || bad.share > ROLLED_OUT) return { older: [], share: 1 }
  const older = (watch as AgentWatch).versions.filter(({ firstMs }) => firstMs < bad.firstMs)
  return { older: older.map(({ version }) => version), share: Math.max(MIN_SHARE, bad.share) }
}

function report(
  watch: Watch,
  scope: Scope,
  { alternative, onsetMs, nats }: Proof,
  blamed: Blame | null,
  threshold: number,
): Finding {
  const all = {
    kind: 'tool',
    value: scope.tool,
    before: null,
    logOdds: nats,
    because: 'no agent that uses it is spared',
  } as const
  return {
    kind: 'straggler',
    agent: scope.agent,
    environment: scope.environment,
    key: { tool: scope.tool },
    onsetMs,
    firstBadVersion: blamed?.version?.version ?? null,
    firstBadModel: null,
    suspects: blamed?.suspects ?? [all],
    logEvidence: nats,
    threshold,
    trail: [
      { atMs: onsetMs, value: 0 },
      ...watch.trail.filter(([atMs]) => atMs > onsetMs).map(([atMs, value]) => ({ atMs, value })),
    ],
    hypothesis: say(ALTERNATIVES[alternative] as Alternative),
  }
}

function say({ share, factor }: Alternative): string {
  const times = `${factor.toFixed(factor < 2.5 ? 1 : 0)} times as long as before`
  return share > 0.5
    ? `takes about ${times}`
    : `about ${Math.round(share * 100)} % of its calls take ${times}`
}
