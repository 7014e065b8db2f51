import type { OutcomeCounts, WireBatch, WireCall } from '#lib/contract/reads.ts'
import { type BatchMeasures, measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeSignature, formatSignature } from '#lib/intervals/signature.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'

/** A list shows at most this many calls of a batch. */
export const LIST_CALLS = 64

/** The public shape of a stored batch, measured anew over all of its calls, of which the first `maxCalls` are shown. */
export function toWireBatch(batch: StoredBatch, maxCalls = Number.POSITIVE_INFINITY): WireBatch {
  const { calls, sdkName, sdkVersion } = batch
  const isTruncated = calls.length > maxCalls
  return {
    ...toWireContent(batch),
    sdk: sdkName === null && sdkVersion === null ? null : { name: sdkName, version: sdkVersion },
    calls: (isTruncated ? calls.slice(0, maxCalls) : calls).map(toWireCall),
    calls_truncated: isTruncated,
    source: batch.source,
    evidence: batch.evidence,
    provisional: batch.provisional,
    revision: batch.revision,
    received_at: batch.receivedAtUs / US_PER_MS,
    flags: [...batch.flags],
    ...toWireMeasures(measureBatch(batch), calls),
    outcomes: countOutcomes(calls),
    signature: formatSignature(computeSignature(calls)),
  }
}

/** A batch as it was ingested, with where it came from: a line of the export. */
export function toExportLine(batch: StoredBatch): string {
  const { source, evidence, calls } = batch
  return JSON.stringify({ ...toWireContent(batch), calls: calls.map(toWireCall), source, evidence })
}

/** The fields of a batch itself that senders set. */
function toWireContent(batch: StoredBatch) {
  return {
    batch_id: batch.batchId,
    run_id: batch.runId,
    turn: batch.turn,
    agent: batch.agent,
    environment: batch.environment,
    version: batch.version,
    tenant: batch.tenant,
    provider: batch.provider,
    model: batch.model,
    mode: batch.mode,
    mode_revision: batch.modeRevision,
    parallel_requested: batch.parallelRequested,
    concurrency: batch.concurrency,
    tool_caps: batch.toolCaps === null ? null : Object.fromEntries(batch.toolCaps),
    started_at: batch.startedAtUs / US_PER_MS,
    model_ms: toMs(batch.modelUs),
    input_tokens: batch.inputTokens,
    output_tokens: batch.outputTokens,
    emitted_calls: batch.emittedCalls,
  }
}

const US_PER_MS = 1000

/** Microseconds as the fractional milliseconds of the contract. */
export function toMs(us: number | null): number | null {
  return us === null ? null : us / US_PER_MS
}

function toWireMeasures(measures: BatchMeasures, calls: readonly Call[]) {
  const slowest = measures.slowest === null ? undefined : calls[measures.slowest]
  return {
    size: measures.size,
    wall_ms: toMs(measures.wallUs),
    sum_ms: toMs(measures.sumUs),
    longest_ms: toMs(measures.longestUs),
    ideal_ms: toMs(measures.idealUs),
    serialization: measures.serialization,
    hidden_ms: toMs(measures.hiddenUs),
    slowest_call_id: measures.slowestCallId,
    slowest_tool: slowest?.tool ?? null,
    blocked_ms: toMs(measures.blockedUs),
  }
}

function toWireCall(call: Call): WireCall {
  return {
    call_id: call.callId,
    attempt: call.attempt,
    seq: call.seq,
    tool: call.tool,
    start_ms: toMs(call.startUs),
    duration_ms: toMs(call.durationUs),
    outcome: call.outcome,
    error_code: call.errorCode,
    effect: call.effect,
    mode: call.mode,
    resources: [...call.resources],
    depends_on: [...call.dependsOn],
    group: call.group,
    args_bytes: call.argsBytes,
    result_bytes: call.resultBytes,
    args_fp: [...call.argsFp],
    result_fp: [...call.resultFp],
    held_ms: toMs(call.heldUs),
    marks: [...call.marks],
    captured: call.captured,
  }
}

/** Calls by outcome: each once, as its last attempt ended, so that the counts add up to the size. */
function countOutcomes(calls: readonly Call[]): OutcomeCounts {
  const counts: OutcomeCounts = { ok: 0, error: 0, timeout: 0, cancelled: 0, 'never-ran': 0, unknown: 0 }
  const last = new Map<string, Call>()
  for (const call of calls) {
    const known = last.get(call.callId)
    if (known === undefined || call.attempt > known.attempt) last.set(call.callId, call)
  }
  for (const { outcome } of last.values()) counts[outcome] += 1
  return counts
}
