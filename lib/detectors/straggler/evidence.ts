import { ALTERNATIVES } from './alternatives.ts'
import { clearRivals, createRivals, type Rivals, type RivalView, updateRivals } from './rivals.ts'

/**
 * CUSUM sums of all alternatives (Page 1954), with what has been counted since each of them was last 0. By
 * index of the alternative.
 */
export interface Evidence {
  /** Nats. */
  sums: number[]
  /** The part of the sum that comes from calls at whose start no sibling was in flight. */
  solo: number[]
  /** Calls, each by its weight. */
  calls: number[]
  /** The same, each over the number of calls behind its reference. */
  doubt: number[]
  /** Sum over calls of the bins by which everything was slower. */
  shared: number[]
  runs: number[]
  /** Batches with the tool, how long they took, and by how much less they would have without the slowdown. */
  batches: number[]
  wallMs: number[]
  avoidableMs: number[]
  /** Event time, epoch ms, of the first call since the sum was 0. */
  onsetMs: number[]
  rivals: Rivals
}

/** A call as seen by one alternative after another. */
export interface Step {
  /** Log-likelihood ratios by alternative, weighted. */
  readonly ratios: readonly number[]
  readonly weight: number
  /** Calls behind the reference. */
  readonly known: number
  readonly shared: number
  readonly isSolo: boolean
  /** First of its tool in its run. */
  readonly isFirstOfRun: boolean
  /** First of its tool in its batch: carries the batch's wall time. */
  readonly wallMs: number | null
  /** By alternative; the batch's own is carried by the tool's last call to end. */
  readonly avoidableMs: readonly number[]
  readonly atMs: number
  /** Null while nothing is suspected. */
  readonly rivals: RivalView | null
}

const DECIMALS = 10_000

export function createEvidence(): Evidence {
  const zeros = () => ALTERNATIVES.map(() => 0)
  return {
    sums: zeros(),
    solo: zeros(),
    calls: zeros(),
    doubt: zeros(),
    shared: zeros(),
    runs: zeros(),
    batches: zeros(),
    wallMs: zeros(),
    avoidableMs: zeros(),
    onsetMs: zeros(),
    rivals: createRivals(),
  }
}

export function updateEvidence(evidence: Evidence, step: Step): void {
  for (let k = 0; k < ALTERNATIVES.length; k++) {
    const before = evidence.sums[k] as number
    const ratio = step.ratios[k] as number
    if (before === 0 && ratio <= 0) continue
    const sum = round(before + ratio)
    if (sum <= 0) {
      clear(evidence, k)
      continue
    }
    if (before === 0) evidence.onsetMs[k] = step.atMs
    evidence.sums[k] = sum
    if (step.isSolo) evidence.solo[k] = round((evidence.solo[k] as number) + ratio)
    evidence.calls[k] = round((evidence.calls[k] as number) + step.weight)
    evidence.doubt[k] = round((evidence.doubt[k] as number) + step.weight / step.known)
    evidence.shared[k] = round((evidence.shared[k] as number) + step.weight * step.shared)
    if (step.isFirstOfRun) evidence.runs[k] = (evidence.runs[k] as number) + 1
    evidence.avoidableMs[k] = round((evidence.avoidableMs[k] as number) + (step.avoidableMs[k] as number))
    if (step.rivals !== null) updateRivals(evidence.rivals, k, ratio, step.rivals, step.weight)
    if (step.wallMs === null) continue
    evidence.batches[k] = (evidence.batches[k] as number) + 1
    evidence.wallMs[k] = round((evidence.wallMs[k] as number) + step.wallMs)
  }
}

/**
 * Nats for an alternative. A reference is itself known from n calls only: after m calls against it, the
 * likelihood ratio of a shift to one as uncertain as that falls short by the factor n / (n + m).
 */
export function natsOf(evidence: Evidence, k: number): number {
  return (evidence.sums[k] as number) / (1 + (evidence.doubt[k] as number))
}

/** Index of the alternative with most evidence. */
export function bestOf(evidence: Evidence): number {
  let best = 0
  for (let k = 1; k < ALTERNATIVES.length; k++) {
    if (natsOf(evidence, k) > natsOf(evidence, best)) best = k
  }
  return best
}

export function clearEvidence(evidence: Evidence): void {
  for (let k = 0; k < ALTERNATIVES.length; k++) clear(evidence, k)
}

function clear(evidence: Evidence, k: number): void {
  evidence.sums[k] = 0
  evidence.solo[k] = 0
  evidence.calls[k] = 0
  evidence.doubt[k] = 0
  evidence.shared[k] = 0
  evidence.runs[k] = 0
  evidence.batches[k] = 0
  evidence.wallMs[k] = 0
  evidence.avoidableMs[k] = 0
  evidence.onsetMs[k] = 0
  clearRivals(evidence.rivals, k)
}

function round(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS
}
