import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { Effect, Mode, Outcome } from '#lib/model/vocabulary.ts'
import { markName, markNames } from './safe-names.ts'

/** A call that ran, as detectors see it. Times in milliseconds from the batch's hand-over. */
export interface ObservedCall {
  readonly callId: string
  readonly attempt: number
  readonly seq: number
  readonly tool: string
  readonly startMs: number
  readonly endMs: number
  readonly durationMs: number
  readonly outcome: Outcome
  /** Ended in error or timeout. */
  readonly failed: boolean
  readonly effect: Effect
  readonly resources: readonly string[]
  readonly dependsOn: readonly string[]
  readonly argsFp: readonly string[]
  readonly resultFp: readonly string[]
}

/** One batch, prepared once for all detectors. Names are safe as keys of records: see safe-names.ts. */
export interface Observation {
  readonly batchId: string
  /** The run, or the batch itself where no run is known: what is independent of what. */
  readonly runId: string
  readonly hasRun: boolean
  readonly turn: number | null
  readonly agent: string
  readonly environment: string
  /** `''` = unknown, here and for the model and the provider. */
  readonly version: string
  readonly model: string
  readonly provider: string
  readonly parallelRequested: boolean | null
  readonly mode: Mode | null
  /** The declared cap; null = none. */
  readonly concurrency: number | null
  /** Epoch ms. */
  readonly startedMs: number
  /** Epoch ms of the last end, or of the start when nothing ran. */
  readonly endedMs: number
  /** Event time reached by this environment's log: never goes back, so late batches do not turn it. */
  readonly nowMs: number
  readonly modelMs: number | null
  /** Distinct call ids, run or not. */
  readonly size: number
  /** Calls that ran, ordered by start, then `seq`. */
  readonly calls: readonly ObservedCall[]
  /** Distinct tool names of the calls that ran, sorted, joined by `+`. */
  readonly signature: string
  /** Null when no call ran. */
  readonly wallMs: number | null
  readonly sumMs: number | null
  readonly longestMs: number | null
  /** Makespan that the intent allows for the observed durations. */
  readonly idealMs: number | null
  /** Mode, per-call modes, tool caps or declared dependencies narrow what may overlap. */
  readonly narrowed: boolean
  /** The batch as stored, for what the fields above leave out. */
  readonly batch: StoredBatch
}

/** Batches dated further ahead of their arrival than this have a wrong clock: they move event time to their arrival. */
const MAX_AHEAD_MS = 3_600_000

/** O(n log n) in the calls. `reachedMs` is the event time reached before, per environment. */
export function observe(batch: StoredBatch, measures: BatchMeasures, reachedMs: number): Observation {
  const calls = observeCalls(batch)
  const startedMs = batch.startedAtUs / 1000
  const endedMs = startedMs + Math.max(0, (measures.lastEndUs ?? 0) / 1000)
  const receivedMs = batch.receivedAtUs / 1000
  const reachesMs = endedMs > receivedMs + MAX_AHEAD_MS ? receivedMs : endedMs
  return {
    batchId: batch.batchId,
    runId: markName(batch.runId ?? batch.batchId),
    hasRun: batch.runId !== null,
    turn: batch.turn,
    agent: markName(batch.agent),
    environment: markName(batch.environment),
    version: markName(batch.version ?? ''),
    model: markName(batch.model ?? ''),
    provider: markName(batch.provider ?? ''),
    parallelRequested: batch.parallelRequested,
    mode: batch.mode,
    concurrency: batch.concurrency,
    startedMs,
    endedMs,
    nowMs: Math.max(reachedMs, reachesMs),
    modelMs: inMs(batch.modelUs),
    size: measures.size,
    calls,
    signature: signatureOf(calls),
    wallMs: inMs(measures.wallUs),
    sumMs: inMs(measures.sumUs),
    longestMs: inMs(measures.longestUs),
    idealMs: inMs(measures.idealUs),
    narrowed: isNarrowed(batch),
    batch,
  }
}

function observeCalls(batch: StoredBatch): ObservedCall[] {
  const calls: ObservedCall[] = []
  let sorted = true
  let lastStartMs = Number.NEGATIVE_INFINITY
  for (const call of batch.calls) {
    if (call.startUs === null || call.durationUs === null) continue
    const startMs = call.startUs / 1000
    if (startMs < lastStartMs) sorted = false
    lastStartMs = startMs
    calls.push({
      callId: markName(call.callId),
      attempt: call.attempt,
      seq: call.seq,
      tool: markName(call.tool),
      startMs,
      endMs: startMs + call.durationUs / 1000,
      durationMs: call.durationUs / 1000,
      outcome: call.outcome,
      failed: call.outcome === 'error' || call.outcome === 'timeout',
      effect: call.effect,
      resources: markNames(call.resources),
      dependsOn: markNames(call.dependsOn),
      argsFp: markNames(call.argsFp),
      resultFp: markNames(call.resultFp),
    })
  }
  return sorted ? calls : calls.sort((a, b) => a.startMs - b.startMs || a.seq - b.seq)
}

function signatureOf(calls: readonly ObservedCall[]): string {
  if (calls.length === 1) return (calls[0] as ObservedCall).tool
  return [...new Set(calls.map((call) => call.tool))].sort().join('+')
}

function isNarrowed(batch: StoredBatch): boolean {
  if ((batch.mode !== null && batch.mode !== 'parallel') || batch.toolCaps !== null) return true
  return batch.calls.some((call) => call.dependsOn.length > 0 || call.mode !== null)
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1000
}
