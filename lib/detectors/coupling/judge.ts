import type { DetectorContext } from '../detector.ts'
import { positionOf } from '../latency/log-histogram.ts'
import type { Observation, ObservedCall } from '../observation.ts'
import { dropPendingFailures, failingEvidence } from './failing.ts'
import { type Candidate, findingOf, keyOf, raisedOf, strongestOf } from './raise.ts'
import { isSuspected, slowEvidence } from './slowing.ts'
import { ratioAt, SHIFTS, type Timing } from './timing.ts'
import { endExcursions, type PairState, type Raised, rounded, type ToolState } from './tool-state.ts'

/** Nats of evidence at which an alert is raised: measured, so that all pairs of an agent cross it once in decades. */
const THRESHOLD_NATS = { fails: 14.5, slow: 14.5 } as const
const RECOVERY_NATS = 6
/** A rate that is judged against by a little less than was seen, so that chance at the alert does not end it. */
const MODEST = 0.75
/** Nats below the threshold at which a sibling may still be the one that explains most. */
const NEAR_NATS = 6

/** One call of X, and where its tool's states are. */
export interface Sight {
  readonly observation: Observation
  readonly context: DetectorContext
  readonly call: ObservedCall
  readonly timing: Timing | null
  /** The state kept for another tool of the agent. */
  readonly stateOf: (tool: string) => ToolState | null
}

/** Raises the strongest sibling once any of those beside the call has enough against it. */
export function judge(sight: Sight, tool: ToolState, names: readonly string[]): void {
  const { observation, context, call, timing } = sight
  const { extraNats } = context.sensitivity
  const candidate =
    (call.failed ? strongestFailing(tool, names, THRESHOLD_NATS.fails + extraNats) : null) ??
    (timing === null ? null : strongestSlow(sight, timing, tool, names, THRESHOLD_NATS.slow + extraNats))
  if (candidate === null) return
  const threshold = THRESHOLD_NATS[candidate.what] + extraNats
  const { agent, environment } = observation
  const finding = findingOf({ agent, environment, tool: call.tool, threshold }, tool, candidate)
  context.raise(finding)
  tool.raised = raisedOf(tool, candidate, finding)
  endExcursions(tool)
}

/** Counts a call beside the sibling that was raised, for its alert or against it. */
export function reconsider(sight: Sight, tool: ToolState, names: readonly string[], weight: number): void {
  const { raised } = tool
  const { observation, context, call } = sight
  if (raised === null || !names.includes(raised.sibling)) return
  const ratio = weight * againRatio(raised, call, sight.timing !== null)
  raised.reverse = rounded(Math.max(0, raised.reverse - ratio))
  raised.more = rounded(Math.max(0, raised.more + ratio))
  const { agent, environment } = observation
  const scope = { kind: 'coupling', agent, environment, key: keyOf(call.tool, raised.sibling) } as const
  if (raised.reverse >= RECOVERY_NATS) {
    context.recover(scope)
    tool.raised = null
    dropPendingFailures(tool)
    endExcursions(tool)
  } else if (raised.more >= raised.finding.threshold) {
    context.raise({ ...raised.finding, logEvidence: raised.finding.logEvidence + raised.more })
    raised.more = 0
  }
}

function strongestFailing(tool: ToolState, names: readonly string[], threshold: number): Candidate | null {
  const candidates: Candidate[] = []
  let crossed = false
  for (const sibling in tool.siblings) {
    const pair = tool.siblings[sibling] as PairState
    const best = bestOf(pair.failing, failingEvidence)
    if (best === null || best.evidence < threshold - NEAR_NATS) continue
    candidates.push({ what: 'fails', sibling, pair, ...best })
    if (best.evidence >= threshold && names.includes(sibling)) crossed = true
  }
  return crossed ? strongestOf(tool, candidates) : null
}

function strongestSlow(
  sight: Sight,
  { shape }: Timing,
  tool: ToolState,
  names: readonly string[],
  threshold: number,
): Candidate | null {
  if (!names.some((name) => hasCrossed(tool, name, threshold)) || isShared(sight, tool)) return null
  const candidates: Candidate[] = []
  for (const [sibling, pair] of Object.entries(tool.siblings)) {
    const best = bestSlow(tool, pair)
    if (best === null || best.evidence < threshold - NEAR_NATS) continue
    candidates.push({ what: 'slow', sibling, pair, shape, shift: SHIFTS[best.k] as number, ...best })
  }
  return strongestOf(tool, candidates)
}

function hasCrossed(tool: ToolState, sibling: string, threshold: number): boolean {
  const pair = tool.siblings[sibling]
  if (
    pair === undefined ||
    !pair.slowing.some((excursion) => excursion !== null && excursion.change >= threshold)
  )
    return false
  return (bestSlow(tool, pair)?.evidence ?? 0) >= threshold
}

function bestSlow(tool: ToolState, pair: PairState) {
  return bestOf(pair.slowing, (excursion, k) => slowEvidence(tool, excursion, k))
}

/** Another tool that runs beside X is slower beside its siblings too: what they share is not a matter of a pair. */
function isShared({ call, stateOf }: Sight, tool: ToolState): boolean {
  return Object.keys(tool.siblings).some((name) => {
    const other = name === call.tool ? null : stateOf(name)
    return other !== null && Object.values(other.siblings).some((pair) => isSuspected(other, pair))
  })
}

function bestOf<E>(
  excursions: readonly (E | null)[],
  evidenceOf: (excursion: E, k: number) => number,
): { readonly excursion: E; readonly evidence: number; readonly k: number } | null {
  let best: { excursion: E; evidence: number; k: number } | null = null
  for (const [k, excursion] of excursions.entries()) {
    if (excursion === null) continue
    const evidence = evidenceOf(excursion, k)
    if (best === null || evidence > best.evidence) best = { excursion, evidence, k }
  }
  return best
}

/** Nats for "still as when it was raised" against "as usual". */
function againRatio(
  { what, usual, now, shift, logs }: Raised,
  { failed, durationMs }: ObservedCall,
  isTimed: boolean,
): number {
  if (what === 'slow')
    return isTimed ? Math.max(-2, ratioAt(logs, Math.floor(positionOf(durationMs)), shift)) : 0
  const rate = Math.max(MODEST * now, Math.min(0.95, 1.5 * usual))
  return failed ? Math.log(rate / usual) : Math.log((1 - rate) / (1 - usual))
}
