import { isTimed } from '../latency.ts'
import type { Observation, ObservedCall } from '../observation.ts'
import { type Lenses, SLOWER_BINS } from './lens.ts'
import { type QueueBatch, UNJUDGED } from './queue.ts'
import { type ConvoyState, toolIndex } from './state.ts'

/** More calls than this of one batch say no more about a queue. */
const MAX_CALLS = 16
/** Calls that start within this of one another were handed over together, in the order of emission. */
const TOGETHER_MS = 10
/** One batch in so many, and one of the factors. */
const LOG_SLOW_HOST = -Math.log(2 * SLOWER_BINS.length)

/** Calls whose overlap nothing declared narrows: what waits by intent is no convoy. */
export function eligibleCalls(observation: Observation): readonly ObservedCall[] {
  const { calls, narrowed, batch } = observation
  if (!narrowed) return calls
  const narrowedIds = new Set<string>()
  for (const call of batch.calls) {
    if (call.mode !== null || call.dependsOn.length > 0) narrowedIds.add(call.callId)
  }
  return calls.filter(({ callId, tool }) => !narrowedIds.has(callId) && !batch.toolCaps?.has(tool))
}

/** More calls are in flight than the declared cap lets begin: they wait for it within their durations. */
export function exceeds(calls: readonly ObservedCall[], cap: number | null): boolean {
  if (cap === null || calls.length <= cap) return false
  for (let i = cap; i < calls.length; i++) {
    const latestMs = (calls[i] as ObservedCall).startMs + TOGETHER_MS
    let inFlight = 1
    for (let j = 0; j < i; j++) if ((calls[j] as ObservedCall).endMs > latestMs) inFlight++
    if (inFlight > cap) return true
  }
  return false
}

/** By start, ties by emission: timers and dispatch jitter. */
function inHandOverOrder(calls: readonly ObservedCall[]): readonly ObservedCall[] {
  if (isInOrder(calls)) return calls
  const ordered: ObservedCall[] = []
  let together: ObservedCall[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const call of calls) {
    if (call.startMs > lastMs + TOGETHER_MS) {
      ordered.push(...together.sort((a, b) => a.seq - b.seq))
      together = []
    }
    together.push(call)
    lastMs = call.startMs
  }
  ordered.push(...together.sort((a, b) => a.seq - b.seq))
  return ordered
}

function isInOrder(calls: readonly ObservedCall[]): boolean {
  for (let i = 1; i < calls.length; i++) {
    if ((calls[i] as ObservedCall).seq < (calls[i - 1] as ObservedCall).seq) return false
  }
  return true
}

export function prepareBatch(
  { nowMs, runId, wallMs }: Observation,
  eligible: readonly ObservedCall[],
  state: ConvoyState,
  lenses: Lenses,
): QueueBatch {
  const calls = inHandOverOrder(eligible.length > MAX_CALLS ? eligible.slice(0, MAX_CALLS) : eligible)
  const tools: number[] = []
  const startMs: number[] = []
  const endMs: number[] = []
  const logNull: number[] = []
  for (const call of calls) {
    const tool = toolIndex(state, call.tool, nowMs)
    tools.push(tool)
    startMs.push(roundMs(call.startMs))
    endMs.push(roundMs(call.endMs))
    const lens = lenses.of(tool)
    logNull.push(lens.known && isTimed(call) ? round(lens.logNull(call.durationMs)) : UNJUDGED)
  }
  const batch = {
    atMs: Math.round(nowMs),
    run: hashRun(runId),
    wallMs: Math.round(wallMs ?? 0),
    tools,
    startMs,
    endMs,
    logNull,
  }
  return { ...batch, host: slowHost(batch, lenses) }
}

/** How much better than none a factor common to all calls explains the batch. */
function slowHost({ tools, startMs, endMs, logNull }: Omit<QueueBatch, 'host'>, lenses: Lenses): number {
  let best = 0
  for (const bins of SLOWER_BINS) {
    let log = LOG_SLOW_HOST
    for (let i = 0; i < tools.length; i++) {
      if (logNull[i] === UNJUDGED) continue
      const lens = lenses.of(tools[i] as number)
      log += lens.logSlower((endMs[i] as number) - (startMs[i] as number), bins) - (logNull[i] as number)
    }
    if (log > best) best = log
  }
  return round(best)
}

/** A number that hardly any two runs share (FNV-1a). */
function hashRun(runId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function round(x: number): number {
  return Math.round(x * 100) / 100
}

/** As fine as waits are judged; what is kept of a batch stays short. */
function roundMs(ms: number): number {
  return ms >= 100 ? Math.round(ms) : Math.round(ms * 10) / 10
}
