import type { DetectorContext } from '../detector.ts'
import { type LatencyShape, scoreOf } from '../latency/latency-shape.ts'
import { positionOf } from '../latency/log-histogram.ts'
import { isTimed, peekLatencyShape, startsSolo } from '../latency.ts'
import type { Observation, ObservedCall } from '../observation.ts'
import { ALTERNATIVES, logRatioOf } from './alternatives.ts'
import {
  addLoad,
  createLoad,
  growthOf,
  type Load,
  loadBeside,
  plainLoadBeside,
  type Sums,
  sumsBeside,
} from './load.ts'
import type { Run } from './runs.ts'

/** A call against its tool's reference, less what slowed its siblings too. */
export interface ReadCall {
  readonly tool: string
  readonly call: ObservedCall
  readonly shape: LatencyShape
  /** Bins by which everything was slower. */
  readonly shared: number
  /** The same as others' calls alone have it, without asking whether chance explains it. */
  readonly plainShared: number
  readonly others: Sums
  readonly isSolo: boolean
  readonly score: number
  readonly isSlow: boolean
  /** By alternative. */
  readonly ratios: number[]
  /** By how much it ends after all calls of other tools; 0 unless it is its tool's last. */
  readonly blocksMs: number
  /** Of the latency scale, less what slowed everything. */
  readonly bin: number
  /** First of its tool in the batch: the batch's wall time; else null. */
  readonly wallMs: number | null
}

interface Placed {
  readonly index: number
  readonly call: ObservedCall
  readonly shape: LatencyShape
  readonly position: number
}

/** Calls behind a reference before anything is judged by it. */
const MIN_KNOWN = 15
/** Three times as long, or what the tool's own spread makes far. */
const FAR_BINS = 8
const FAR_SPREADS = 2.5
/** What slows a whole environment is remembered for so long. */
const FADE_MS = 20 * 60_000

/** The timed calls of a batch whose tools have a reference. Tells the loads of the environment and the run. */
export function readBatch(observation: Observation, run: Run, context: DetectorContext): ReadCall[] {
  const placed = place(observation, context)
  if (placed.length === 0) return []
  const { nowMs, environment } = observation
  const load = context.state<Load>(`straggler/${environment}`, () => createLoad(nowMs))
  const growth = growthOf(load, nowMs, FADE_MS)
  for (const { call, shape, position } of placed) {
    const bins = slownessOf(shape, position)
    addLoad(load, call.tool, bins, shape.spread, growth)
    addLoad(load.heard, call.tool, bins, shape.spread, 1)
    addLoad(run.load, call.tool, bins, shape.spread, 1)
  }
  return placed.map((entry) => read(observation, entry, { load, growth, run }))
}

/** By how many bins a call took longer than usual; what is far off counts as so far only. */
function slownessOf({ median, spread, bias }: LatencyShape, position: number): number {
  const far = Math.max(FAR_BINS, FAR_SPREADS * spread)
  return Math.min(far, Math.max(-far, position - median)) - bias * spread
}

function place(observation: Observation, context: DetectorContext): Placed[] {
  const { calls, environment, agent } = observation
  const placed: Placed[] = []
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as ObservedCall
    if (!isTimed(call)) continue
    const shape = peekLatencyShape(context, { environment, agent, tool: call.tool })
    if (shape !== null && shape.n >= MIN_KNOWN)
      placed.push({ index, call, shape, position: positionOf(call.durationMs) })
  }
  return placed
}

function read(
  observation: Observation,
  { index, call, shape, position }: Placed,
  { load, growth, run }: { load: Load; growth: number; run: Run },
): ReadCall {
  const { tool } = call
  // Only slowness is shared: siblings that are fast do not make a call slow.
  const shared = Math.max(0, loadBeside(run.load, tool, loadBeside(load, tool, 0, growth), 1))
  const at = Math.max(0, position - shared)
  const bin = Math.floor(at)
  const { isFirst, blocksMs } = compare(observation, call)
  return {
    tool,
    call,
    shape,
    shared,
    plainShared: plainLoadBeside(load, run.load, tool, growth),
    others: sumsBeside(load.heard, tool),
    isSolo: startsSolo(observation, index),
    score: scoreOf(shape, at),
    isSlow: at > shape.slow,
    ratios: ALTERNATIVES.map((alternative) => logRatioOf(shape, bin, alternative)),
    blocksMs,
    bin,
    wallMs: isFirst ? observation.wallMs : null,
  }
}

/**
 * Whether the call is the first of its tool in the batch, and, if it is the tool's last to end, by how much
 * it ends after every other tool's calls.
 *
 *     grep  ■■■■■■■■■■■■■
 *     read  ■■■■■│        read's last end
 *     grep     ■■■■■■■■■■■■■■■■■■      blocks by what lies right of it
 */
function compare({ calls }: Observation, call: ObservedCall): { isFirst: boolean; blocksMs: number } {
  let isFirst = true
  let isLast = true
  let seen = false
  let othersEndMs = call.startMs
  for (const other of calls) {
    if (other === call) seen = true
    else if (other.tool !== call.tool) othersEndMs = Math.max(othersEndMs, other.endMs)
    else {
      if (!seen && isTimed(other)) isFirst = false
      if (other.endMs > call.endMs || (other.endMs === call.endMs && seen)) isLast = false
    }
  }
  return { isFirst, blocksMs: isLast ? Math.max(0, call.endMs - othersEndMs) : 0 }
}
