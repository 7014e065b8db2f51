import type { DetectorContext, Finding } from '../detector.ts'
import { holdLatency } from '../latency.ts'
import { ALTERNATIVES, type Alternative } from './alternatives.ts'
import { type Blame, blame } from './blame.ts'
import { isCovered, noteTold } from './cover.ts'
import { dropDispersion } from './dispersion.ts'
import { clearEvidence } from './evidence.ts'
import type { Scope } from './follow-open.ts'
import { type Circumstances, type Proof, prove, thresholdOf } from './prove.ts'
import { type AgentWatch, knownAcross, type ToolWatch, type VersionWatch, type Watch } from './state.ts'

/** Agents that saw an onset some hours apart, for their calls are, saw the same. */
const ONSET_SLACK_MS = 3 * 3_600_000
/** Nats that others must bring against a cause of the agent's own, and that each silent one takes away. */
const OWN_CAUSE = 6
const SILENT_AGENT = 2
/** A version with more of the calls than this is taken for rolled out; one with fewer than this for rare. */
const ROLLED_OUT = 0.8
const MIN_SHARE = 0.05

interface Judging extends Circumstances {
  readonly watch: AgentWatch
  readonly across: ToolWatch
  readonly version: VersionWatch
  readonly known: number
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
