import type { Detector, DetectorContext } from './detector.ts'
import { createLatencyShape, type LatencyShape } from './latency/latency-shape.ts'
import { LatencyView } from './latency/latency-view.ts'
import {
  addToHistogram,
  createLogHistogram,
  type LogHistogram,
  mergeHistogram,
  positionOf,
  scaleHistogram,
} from './latency/log-histogram.ts'
import type { Observation, ObservedCall } from './observation.ts'

/** Whose durations; agent `*` = the tool across all agents of the environment. */
export interface LatencyKey {
  readonly environment: string
  readonly agent: string
  readonly tool: string
}

/**
 * - `reference`: what is normal. Lags by 36 h of event time, and by as long as a slowdown is suspected.
 * - `recent`: about the last 48 calls, on top of the reference. Not kept for agent `*`, where it is the reference.
 * - `solo`: the reference of calls at whose start no sibling was in flight.
 */
export type LatencyKind = 'reference' | 'recent' | 'solo'

interface LatencyState {
  reference: LogHistogram
  solo: LogHistogram
  recent: LogHistogram
  /** The reference as it was when last laid out; null until something was learned. */
  shape: LatencyShape | null
  /** Not yet old enough to be normal, oldest first. */
  pending: PendingSlot[]
  /** Event time of the first call. */
  bornMs: number
  /** Event time up to which the references have faded. */
  agedMs: number
  /** Event time from which on calls may belong to a slowdown; null when none is suspected. */
  heldFromMs: number | null
  /** Event times of the last slowdown that was real: nothing from it is learned. */
  dropped: { fromMs: number; toMs: number } | null
}

interface PendingSlot {
  startMs: number
  /** Event time of the slot's end. */
  endMs: number
  all: LogHistogram
  solo: LogHistogram
}

const HOUR_MS = 3_600_000
/** A slowdown has this long to be noticed before its calls are taken for normal; less while a tool is new. */
const LAG_MS = 36 * HOUR_MS
const LAG_SHARE_OF_AGE = 1 / 3
/** Calls wait in slots of this length; shorter ones while a tool is new. */
const SLOT_MS = 12 * HOUR_MS
const SHORTEST_SLOT_MS = HOUR_MS / 6
const SLOT_SHARE_OF_AGE = 1 / 8
/** While a slowdown is suspected slots are not learned from; the youngest then share one. */
const MAX_PENDING = 6
/** The reference is laid out anew once it has grown by this factor. */
const RESHAPE = 1.1
/** Recent counts are halved once there are this many. */
const RECENT_CALLS = 64
/** Old references fade by half in this time, once they hold this many calls. */
const HALF_LIFE_MS = 14 * 24 * HOUR_MS
const KEPT_CALLS = 500
/** A sibling that starts this soon after a call counts as in flight at the call's start: dispatch takes time. */
const DISPATCH_MS = 50

/**
 * Learns how long calls take, per environment, agent and tool. Finds nothing itself; it comes last, so that a
 * batch is judged by those that read it before it is learned. Only calls that ended by themselves are counted,
 * ok or by timeout: failed ones say how long failing takes, cancelled ones how long somebody waited.
 */
export const latency: Detector = {
  name: 'latency',
  observe(observation, context) {
    const { calls, environment, agent, nowMs } = observation
    for (const [i, call] of calls.entries()) {
      if (!isTimed(call)) continue
      const key = { environment, agent, tool: call.tool }
      const state = context.state(keyOf(key), () => createLatencyState(nowMs))
      promote(state, key, nowMs, context)
      const bin = Math.floor(positionOf(call.durationMs))
      const slot = slotAt(state, nowMs)
      addToHistogram(slot.all, bin)
      if (startsSolo(observation, i)) addToHistogram(slot.solo, bin)
      addToHistogram(state.recent, bin)
      if (state.recent.n >= RECENT_CALLS) scaleHistogram(state.recent, 0.5)
    }
  },
}

/** Whether a call's duration says how long its tool takes; only such calls are in the views. */
export function isTimed(call: ObservedCall): boolean {
  return call.outcome === 'ok' || call.outcome === 'timeout'
}

/** No sibling is in flight when the call at `index` starts, nor is one handed over together with it. */
export function startsSolo({ calls }: Pick<Observation, 'calls'>, index: number): boolean {
  const call = calls[index]
  if (call === undefined) return false
  for (let i = 0; i < index; i++) {
    if ((calls[i] as ObservedCall).endMs > call.startMs) return false
  }
  const next = calls[index + 1]
  return next === undefined || next.startMs >= Math.min(call.endMs, call.startMs + DISPATCH_MS)
}

/**
 * What is known of a key's durations before this batch. Agents are shrunk to their tool across agents, that to
 * anything between 0.1 ms and an hour; `n` of the view says how many calls of its own speak. O(1): bins are few.
 */
export function readLatency(context: DetectorContext, key: LatencyKey, kind: LatencyKind): LatencyView {
  const own = context.peek<LatencyState>(keyOf(key))
  const pooled = key.agent === '*' ? null : context.peek<LatencyState>(keyOf({ ...key, agent: '*' }))
  const reference = new LatencyView(
    own?.reference ?? null,
    pooled === null ? null : new LatencyView(pooled.reference, null),
  )
  if (kind === 'reference' || own === null || (kind === 'recent' && key.agent === '*')) return reference
  return new LatencyView(kind === 'solo' ? own.solo : own.recent, reference)
}

/** The reference of a key of one agent, shrunk as in `readLatency`, as of lately; null until it has calls of its own. */
export function peekLatencyShape(context: DetectorContext, key: LatencyKey): LatencyShape | null {
  return context.peek<LatencyState>(keyOf(key))?.shape ?? null
}

/**
 * Says that calls from `fromMs` on may belong to a slowdown: they stay out of the reference until that is
 * lifted by null. Held under agent `*`, all agents wait.
 */
export function holdLatency(
  context: DetectorContext,
  key: LatencyKey,
  fromMs: number | null,
  nowMs: number,
): void {
  if ((context.peek<LatencyState>(keyOf(key))?.heldFromMs ?? null) === fromMs) return
  context.state(keyOf(key), () => createLatencyState(nowMs)).heldFromMs = fromMs
}

/** Forgets what was held up to `toMs`: the slowdown was real, so it says nothing about what is normal. */
export function dropHeldLatency(context: DetectorContext, key: LatencyKey, toMs: number): void {
  const state = context.state(keyOf(key), () => createLatencyState(toMs))
  if (state.heldFromMs !== null) state.dropped = { fromMs: state.heldFromMs, toMs }
  state.heldFromMs = null
}

function keyOf({ environment, agent, tool }: LatencyKey): string {
  return `latency/${environment}/${agent}/${tool}`
}

function createLatencyState(nowMs: number): LatencyState {
  return {
    reference: createLogHistogram(),
    solo: createLogHistogram(),
    recent: createLogHistogram(),
    shape: null,
    pending: [],
    bornMs: nowMs,
    agedMs: nowMs,
    heldFromMs: null,
    dropped: null,
  }
}

function slotAt(state: LatencyState, nowMs: number): PendingSlot {
  const last = state.pending.at(-1)
  if (last !== undefined && nowMs < last.endMs) return last
  const lengthMs = Math.max(SHORTEST_SLOT_MS, Math.min(SLOT_MS, (nowMs - state.bornMs) * SLOT_SHARE_OF_AGE))
  if (last !== undefined && state.pending.length >= MAX_PENDING) {
    last.endMs = nowMs + lengthMs
    return last
  }
  const slot = {
    startMs: nowMs,
    endMs: nowMs + lengthMs,
    all: createLogHistogram(),
    solo: createLogHistogram(),
  }
  state.pending.push(slot)
  return slot
}

/** Takes over what has become old enough without being suspected, for the agent and for all agents together. */
function promote(state: LatencyState, key: LatencyKey, nowMs: number, context: DetectorContext): void {
  const oldest = state.pending[0]
  const ripeMs = nowMs - Math.min(LAG_MS, (nowMs - state.bornMs) * LAG_SHARE_OF_AGE)
  if (oldest === undefined || oldest.endMs > ripeMs) return
  const pooled = context.state(keyOf({ ...key, agent: '*' }), () => createLatencyState(nowMs))
  const untilMs = Math.min(ripeMs, state.heldFromMs ?? ripeMs, pooled.heldFromMs ?? ripeMs)
  for (let slot = state.pending[0]; slot !== undefined && slot.endMs <= untilMs; slot = state.pending[0]) {
    state.pending.shift()
    if (isDropped(slot, state) || isDropped(slot, pooled)) continue
    learn(state, slot)
    learn(pooled, slot)
  }
  const laidOut = state.shape?.n ?? 0
  if (state.reference.n >= laidOut * RESHAPE + 1 || state.reference.n < laidOut) {
    const parent = new LatencyView(pooled.reference, null)
    state.shape = state.reference.n > 0 ? createLatencyShape(new LatencyView(state.reference, parent)) : null
  }
}

function isDropped(slot: PendingSlot, { dropped }: LatencyState): boolean {
  return dropped !== null && slot.endMs > dropped.fromMs && slot.startMs < dropped.toMs
}

function learn(state: LatencyState, slot: PendingSlot): void {
  const factor = 0.5 ** ((slot.endMs - state.agedMs) / HALF_LIFE_MS)
  // Fading in small steps would round single calls away.
  if (factor < 0.95) {
    for (const histogram of [state.reference, state.solo]) {
      if (histogram.n > KEPT_CALLS) scaleHistogram(histogram, Math.max(factor, KEPT_CALLS / histogram.n))
    }
    state.agedMs = slot.endMs
  }
  mergeHistogram(state.reference, slot.all)
  mergeHistogram(state.solo, slot.solo)
}
