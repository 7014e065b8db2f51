import type { DetectorContext, Finding } from '../detector.ts'
import { holdLatency } from '../latency.ts'
import type { Observation } from '../observation.ts'
import { type Attributed, attribute } from '../statistics/attribute.ts'
import { ALTERNATIVES, type Alternative } from './alternatives.ts'
import { designEffectOf, dropDispersion } from './dispersion.ts'
import { clearEvidence, type Evidence, natsOf } from './evidence.ts'
import type { Scope } from './follow-open.ts'
import type { AgentWatch, ToolWatch, VersionWatch, Watch } from './state.ts'

/** Nats that an alert takes. */
const THRESHOLD = 14
/** Nats that calls without a sibling must bring: else siblings may be to blame. */
const SOLO = 3
const MIN_RUNS = 3
/** What the turn would have gained: this share of the batch, and this much of it. */
const AVOIDABLE_SHARE = 0.1
const AVOIDABLE_MS = 20
/** Slowdowns of several agents that begin so close to each other are one. */
const SAME_EVENT_MS = 48 * 3_600_000
/** Agents that saw an onset some hours apart, for their calls are, saw the same. */
const ONSET_SLACK_MS = 12 * 3_600_000
/** Nats that others must bring against a cause of the agent's own, and that each silent one takes away. */
const OWN_CAUSE = 3
const SILENT_AGENT = 2

interface Judging {
  readonly watch: AgentWatch
  readonly across: ToolWatch
  readonly version: VersionWatch
  readonly scope: Scope
  readonly known: number
  readonly knownAcross: number
  readonly observation: Observation
  readonly context: DetectorContext
}

/** What has crossed the threshold. */
interface Proof {
  readonly alternative: number
  readonly nats: number
  readonly onsetMs: number
  readonly evidence: Evidence
  /** The version by whose calls alone it was proved. */
  readonly version: string | null
}

/** Tells a slowdown once its evidence is complete: of the agent if it is the agent's own, else across agents. */
export function judge(judging: Judging): void {
  const { watch, across, version, known, context } = judging
  const threshold = THRESHOLD + context.sensitivity.extraNats
  const own =
    prove(watch.evidence, watch, known, threshold, null) ??
    prove(version.evidence, watch, known, threshold, version.version)
  const shared = prove(across.evidence, across, judging.knownAcross, threshold, null)
  if (own === null && shared === null) return
  const proof = own ?? (shared as Proof)
  const attributed = attribute(watch.attribution, {
    onsetMs: proof.onsetMs,
    unit: 'calls',
    bad: 'were slow',
    likelier: 'version',
  })
  if (isOfAll(judging, proof, attributed)) tellAcross(judging, shared ?? proof, threshold)
  else if (own !== null) tellAgent(judging, own, attributed, threshold)
}

/** The alternative with most evidence among those for which it is complete. */
function prove(
  evidence: Evidence,
  { dispersion }: Watch,
  known: number,
  threshold: number,
  version: string | null,
): Proof | null {
  let best: Proof | null = null
  for (let k = 0; k < ALTERNATIVES.length; k++) {
    if ((evidence.sums[k] as number) < threshold) continue
    const nats = natsOf(evidence, k, known) / designEffectOf(dispersion)
    if (nats < threshold || nats <= (best?.nats ?? 0) || !isMaterial(evidence, k)) continue
    const solo = ((evidence.solo[k] as number) * nats) / (evidence.sums[k] as number)
    if (solo < SOLO || (evidence.runs[k] as number) < MIN_RUNS) continue
    best = { alternative: k, nats, onsetMs: evidence.onsetMs[k] as number, evidence, version }
  }
  return best
}

function isMaterial(evidence: Evidence, k: number): boolean {
  const avoidableMs = evidence.avoidableMs[k] as number
  return (
    avoidableMs > AVOIDABLE_SHARE * (evidence.wallMs[k] as number) &&
    avoidableMs > AVOIDABLE_MS * (evidence.batches[k] as number)
  )
}

/** Other agents see it too, or nothing says that it is this agent's own. */
function isOfAll({ across, scope, context }: Judging, proof: Proof, { cause }: Attributed): boolean {
  let others = 0
  let nats = cause === 'time' ? 0 : -OWN_CAUSE
  for (const [name, { lastMs, openFromMs }] of Object.entries(across.agents)) {
    if (name === scope.agent) continue
    others++
    if (openFromMs !== null || lastMs < proof.onsetMs) continue
    const other = context.peek<AgentWatch>(`straggler/${scope.environment}/${name}/${scope.tool}`)
    const sum = other?.evidence.sums[proof.alternative] ?? 0
    const isSame = (other?.evidence.onsetMs[proof.alternative] ?? 0) > proof.onsetMs - ONSET_SLACK_MS
    nats += sum >= 1 && isSame ? sum : -SILENT_AGENT
  }
  return others > 0 && nats >= 0
}

function tellAcross({ across, scope, observation, context }: Judging, proof: Proof, threshold: number): void {
  for (const { openFromMs } of Object.values(across.agents)) {
    if (openFromMs !== null && Math.abs(proof.onsetMs - openFromMs) < SAME_EVENT_MS) return
  }
  const wide = { ...scope, agent: '*' }
  tell(across, wide, { proof, threshold, attributed: null }, observation, context)
  across.clearedMs = observation.nowMs
}

function tellAgent(judging: Judging, proof: Proof, attributed: Attributed, threshold: number): void {
  const { watch, across, scope, observation, context } = judging
  for (const { openFromMs } of Object.values(across.agents)) {
    if (openFromMs !== null && Math.abs(proof.onsetMs - openFromMs) < SAME_EVENT_MS) return
  }
  tell(watch, scope, { proof, threshold, attributed }, observation, context)
  const self = across.agents[scope.agent]
  if (self !== undefined) self.openFromMs = proof.onsetMs
  // What this agent alone sees is no evidence for all.
  clearEvidence(across.evidence)
}

function tell(
  watch: Watch,
  scope: Scope,
  { proof, threshold, attributed }: { proof: Proof; threshold: number; attributed: Attributed | null },
  observation: Observation,
  context: DetectorContext,
): void {
  const { alternative, onsetMs, nats } = proof
  const finding: Finding = {
    kind: 'straggler',
    agent: scope.agent,
    environment: scope.environment,
    key: { tool: scope.tool },
    onsetMs,
    firstBadVersion: attributed?.firstBadVersion ?? null,
    firstBadModel: attributed?.firstBadModel ?? null,
    suspects: attributed?.suspects ?? [],
    logEvidence: nats,
    threshold,
    trail: [
      { atMs: onsetMs, value: 0 },
      ...watch.trail.filter(([atMs]) => atMs > onsetMs).map(([atMs, value]) => ({ atMs, value })),
    ],
    hypothesis: say(ALTERNATIVES[alternative] as Alternative),
  }
  holdLatency(context, scope, onsetMs, observation.nowMs)
  watch.open = { alternative, finding, version: proof.version, versionShare: 0.3, over: 0, again: 0 }
  watch.isHeld = true
  watch.trail = []
  clearEvidence(watch.evidence)
  dropDispersion(watch.dispersion)
  context.raise(finding)
}

function say({ share, factor }: Alternative): string {
  const times = `${factor.toFixed(factor < 2.5 ? 1 : 0)} times as long as before`
  return share > 0.5
    ? `takes about ${times}`
    : `about ${Math.round(share * 100)} % of its calls take ${times}`
}
