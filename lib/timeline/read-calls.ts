import type { WireCall } from '#lib/contract/reads.ts'
import type { Call } from '#lib/model/batch.ts'

/** Calls of the public shape as the measures take them: integer microseconds. Order is kept. */
export function readCalls(calls: readonly WireCall[]): readonly Call[] {
  return calls.map((call) => ({
    callId: call.call_id,
    attempt: call.attempt,
    seq: call.seq,
    tool: call.tool,
    startUs: toMicros(call.start_ms),
    durationUs: toMicros(call.duration_ms),
    outcome: call.outcome,
    errorCode: call.error_code,
    effect: call.effect,
    resources: call.resources,
    dependsOn: call.depends_on,
    group: call.group,
    mode: call.mode,
    argsBytes: call.args_bytes,
    resultBytes: call.result_bytes,
    argsFp: call.args_fp,
    resultFp: call.result_fp,
    heldUs: toMicros(call.held_ms),
    marks: call.marks,
    captured: call.captured,
  }))
}

function toMicros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000)
}
