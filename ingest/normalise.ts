import type { IngestEnvelope, TakenBatch, TakenCall } from '#lib/contract/ingest.ts'
import type { Call, Captured, StoredBatch } from '#lib/model/batch.ts'
import type { Flag, Source } from '#lib/model/vocabulary.ts'

/** Clocks further apart than this are said to be skewed; the times are kept as they came. */
const SKEW_MS = 60_000
const US_PER_MS = 1000
const NO_ITEMS: readonly string[] = []

/** What is known of a batch's arrival. */
export interface Arrival {
  readonly receivedAtMs: number
  readonly sentAtMs: number | null
  /** Of batches that don't say it themselves. */
  readonly source: Source
  readonly sdk: IngestEnvelope['sdk']
}

/** A validated batch in the model's shape: integer microseconds, every field present, oddities flagged. */
export function normaliseBatch(wire: TakenBatch, arrival: Arrival): StoredBatch {
  const calls = new Array<Call>(wire.calls.length)
  let negativeStart = false
  for (let i = 0; i < calls.length; i++) {
    const call = normaliseCall(wire.calls[i] as TakenCall, i)
    if (call.startUs !== null && call.startUs < 0) negativeStart = true
    calls[i] = call
  }
  const flags: Flag[] = []
  if (isSkewed(wire.started_at, arrival)) flags.push('clock-skew')
  if (negativeStart) flags.push('negative-start')
  return {
    batchId: wire.batch_id,
    runId: wire.run_id ?? null,
    turn: wire.turn ?? null,
    agent: wire.agent,
    environment: wire.environment ?? 'default',
    version: wire.version ?? null,
    tenant: wire.tenant ?? null,
    provider: wire.provider ?? null,
    model: wire.model ?? null,
    mode: wire.mode ?? null,
    modeRevision: wire.mode_revision ?? null,
    parallelRequested: wire.parallel_requested ?? null,
    concurrency: wire.concurrency ?? null,
    toolCaps: wire.tool_caps ? new Map(Object.entries(wire.tool_caps)) : null,
    startedAtUs: toUs(wire.started_at),
    modelUs: wire.model_ms == null ? null : toUs(wire.model_ms),
    inputTokens: wire.input_tokens ?? null,
    outputTokens: wire.output_tokens ?? null,
    emittedCalls: wire.emitted_calls ?? null,
    sdkName: arrival.sdk?.name ?? null,
    sdkVersion: arrival.sdk?.version ?? null,
    calls,
    source: wire.source ?? arrival.source,
    evidence: wire.evidence ?? 'declared',
    provisional: false,
    revision: 1,
    receivedAtUs: toUs(arrival.receivedAtMs),
    flags,
  }
}

function normaliseCall(wire: TakenCall, position: number): Call {
  return {
    callId: wire.call_id,
    attempt: wire.attempt ?? 1,
    seq: wire.seq ?? position,
    tool: wire.tool,
    startUs: wire.start_ms == null ? null : toUs(wire.start_ms),
    durationUs: wire.duration_ms == null ? null : toUs(wire.duration_ms),
    outcome: wire.outcome,
    errorCode: wire.error_code ?? null,
    effect: wire.effect ?? 'unknown',
    resources: wire.resources ?? NO_ITEMS,
    dependsOn: wire.depends_on ?? NO_ITEMS,
    group: wire.group ?? null,
    mode: wire.mode ?? null,
    argsBytes: wire.args_bytes ?? null,
    resultBytes: wire.result_bytes ?? null,
    argsFp: wire.args_fp ?? NO_ITEMS,
    resultFp: wire.result_fp ?? NO_ITEMS,
    heldUs: wire.held_ms == null ? null : toUs(wire.held_ms),
    marks: wire.marks ?? NO_ITEMS,
    captured: normaliseCaptured(wire.captured),
  }
}

function normaliseCaptured(captured: TakenCall['captured']): Captured | null {
  const { args = null, result = null, error = null } = captured ?? {}
  return args === null && result === null && error === null ? null : { args, result, error }
}

/**
 * A batch can't have started in the future, and a sender's clock should agree with ours when it sends. An
 * old `started_at` alone says nothing: imported history is old.
 */
function isSkewed(startedAtMs: number, { receivedAtMs, sentAtMs }: Arrival): boolean {
  if (sentAtMs !== null && Math.abs(sentAtMs - receivedAtMs) > SKEW_MS) return true
  return startedAtMs - receivedAtMs > SKEW_MS
}

function toUs(ms: number): number {
  // Adding 0 turns a rounded -0 into 0, so that equal times have equal text.
  return Math.round(ms * US_PER_MS) + 0
}
