import { hasTool } from '../convoy/queue.ts'
import type { ConvoyState } from '../convoy/state.ts'
import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'
import { ALTERNATIVES, type Alternative } from './alternatives.ts'
import { designEffectOf } from './dispersion.ts'
import { bestOf, type Evidence, natsOf } from './evidence.ts'
import type { Scope } from './follow-open.ts'
import type { ReadCall } from './read-batch.ts'
import { natsAgainstQueue, natsWithoutSibling } from './rivals.ts'
import type { Watch } from './state.ts'

/** Nats that an alert takes. */
const THRESHOLD = 16.5
/**
 * Of what calls beside siblings say each, lone calls must say so much, give or take these nats: else siblings
 * may be to blame. Of a tail few calls speak.
 */
const SOLO_PART = 0.25
const SOLO = -1.5
const SOLO_OF_TAIL = -2
/** What they must bring once a queue is suspected by so many nats. */
const SOLO_PROOF = 3
const QUEUE_SUSPECTED = 6
/** Nats against waiting for siblings, and from calls that the most suspicious sibling did not overlap. */
const QUEUE = 3
const SIBLING = 3
/** The slowdown must be so many times what slowed everything meanwhile, on a log scale. */
const MORE_THAN_SHARED = 2
/** Standard deviations of what others say, and for how long they are asked. */
const GIVE_OR_TAKE = 1.5
const SHORT_MS = 2 * 3_600_000
const MIN_RUNS = 3
/** What the turn would have gained: this share of the batch, and this much of it. */
const AVOIDABLE_SHARE = 0.1
const AVOIDABLE_MS = 30
/** The call by which evidence is judged. */
export interface Circumstances {
  readonly call: ReadCall
  readonly scope: Scope
  readonly observation: Observation
  readonly context: DetectorContext
}

/** What has crossed the threshold. */
export interface Proof {
  readonly alternative: number
  readonly nats: number
  readonly onsetMs: number
}

/** Nats below which there is nothing to judge. */
export function thresholdOf(context: DetectorContext): number {
  return THRESHOLD + context.sensitivity.extraNats
}

/** What fits best is told, and must matter; that nothing else explains it may be plainer of another alternative. */
export function prove(evidence: Evidence, { dispersion }: Watch, judging: Circumstances): Proof | null {
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
function areOthersWell(evidence: Evidence, k: number, { call, observation }: Circumstances): boolean {
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
  const least = share > 0.5 ? SOLO : SOLO_OF_TAIL
  return (
    shared * MORE_THAN_SHARED < bins &&
    isSlowAlone(evidence, k, scale, queueNats >= QUEUE_SUSPECTED ? SOLO_PROOF : least) &&
    natsAgainstQueue(evidence.rivals, k) * scale >= QUEUE &&
    natsWithoutSibling(evidence.rivals, k) * scale >= SIBLING
  )
}

/** What the detector of queues holds against the tool being slow by itself. */
function natsForQueue({ context, scope }: Circumstances): number {
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
