import { ALTERNATIVES, type Alternative, excessShareOf } from './alternatives.ts'
import type { ReadCall } from './read-batch.ts'
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
  soloCalls: number[]
  /** Calls, each by its weight. */
  calls: number[]
  /** The same, each over the number of calls behind its reference: of a tail fewer of them tell. */
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
  /** What other tools had told of the load by then. */
  othersWeight: number[]
  othersSum: number[]
  rivals: Rivals
}

/** A call as seen by one alternative after another. */
export interface Step {
  readonly call: ReadCall
  /** What the call adds to what its run has said already: its ratios count by it. */
  readonly weight: number
  /** First of its tool in its run. */
  readonly isFirstOfRun: boolean
  /** Start of the batch, epoch ms. */
  readonly atMs: number
  /** Asked for once a slowdown is suspected. */
  readonly rivals: () => RivalView
}

/** From so many nats on rivals are heard. */
const HEARD = 0.5
const DECIMALS = 10_000

export function createEvidence(): Evidence {
  const zeros = () => ALTERNATIVES.map(() => 0)
  return {
    sums: zeros(),
    solo: zeros(),
    soloCalls: zeros(),
    calls: zeros(),
    doubt: zeros(),
    shared: zeros(),
    runs: zeros(),
    batches: zeros(),
    wallMs: zeros(),
    avoidableMs: zeros(),
    onsetMs: zeros(),
    othersWeight: zeros(),
    othersSum: zeros(),
    rivals: createRivals(),
  }
}

export function updateEvidence(evidence: Evidence, step: Step): void {
  const { ratios } = step.call
  for (let k = 0; k < ratios.length; k++) {
    const before = evidence.sums[k] as number
    const ratio = (ratios[k] as number) * step.weight
    if (before === 0 && ratio <= 0) continue
    const sum = round(before + ratio)
    if (sum <= 0) {
      clear(evidence, k)
      continue
    }
    if (before === 0) begin(evidence, k, step)
    evidence.sums[k] = sum
    count(evidence, k, ratio, step)
    if (before >= HEARD) updateRivals(evidence.rivals, k, ratio, step.rivals(), step.weight)
  }
}

function begin(evidence: Evidence, k: number, { call, atMs }: Step): void {
  evidence.onsetMs[k] = atMs
  evidence.othersWeight[k] = round(call.others.weight)
  evidence.othersSum[k] = round(call.others.sum)
}

function count(evidence: Evidence, k: number, ratio: number, { call, weight, isFirstOfRun }: Step): void {
  if (call.isSolo) {
    add(evidence.solo, k, ratio)
    add(evidence.soloCalls, k, weight)
  }
  add(evidence.calls, k, weight)
  add(evidence.doubt, k, weight / (call.shape.n * Math.sqrt((ALTERNATIVES[k] as Alternative).share)))
  add(evidence.shared, k, weight * call.plainShared)
  if (isFirstOfRun) add(evidence.runs, k, 1)
  if (call.blocksMs > 0) add(evidence.avoidableMs, k, avoidableMsOf(call, ALTERNATIVES[k] as Alternative))
  if (call.wallMs === null) return
  add(evidence.batches, k, 1)
  add(evidence.wallMs, k, call.wallMs)
}

/** By how much the batch would have ended earlier had the call taken as long as before. */
function avoidableMsOf({ call, shape, bin, blocksMs }: ReadCall, alternative: Alternative): number {
  return Math.min(blocksMs, call.durationMs * excessShareOf(shape, bin, alternative))
}

function add(sums: number[], k: number, value: number): void {
  sums[k] = round((sums[k] as number) + value)
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
  for (let k = 0; k < ALTERNATIVES.length; k++) if (evidence.sums[k] !== 0) clear(evidence, k)
}

function clear(evidence: Evidence, k: number): void {
  evidence.sums[k] = 0
  evidence.solo[k] = 0
  evidence.soloCalls[k] = 0
  evidence.calls[k] = 0
  evidence.doubt[k] = 0
  evidence.shared[k] = 0
  evidence.runs[k] = 0
  evidence.batches[k] = 0
  evidence.wallMs[k] = 0
  evidence.avoidableMs[k] = 0
  evidence.onsetMs[k] = 0
  evidence.othersWeight[k] = 0
  evidence.othersSum[k] = 0
  clearRivals(evidence.rivals, k)
}

function round(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS
}
