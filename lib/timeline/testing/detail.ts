import type { BatchDetail, WireCall } from '#lib/contract/reads.ts'

/** A call of the public shape at its plainest. */
export function makeWireCall(given: Partial<WireCall>): WireCall {
  return {
    call_id: 'a',
    attempt: 1,
    seq: 0,
    tool: 'tool',
    start_ms: 0,
    duration_ms: 1,
    outcome: 'ok',
    error_code: null,
    effect: 'read',
    mode: null,
    resources: [],
    depends_on: [],
    group: null,
    args_bytes: null,
    result_bytes: null,
    args_fp: [],
    result_fp: [],
    ...given,
  }
}

const ALONE: BatchDetail['context'] = {
  previous_batch_id: null,
  next_batch_id: null,
  turn_before: null,
  turn_after: null,
  tools: [],
  size_p95_ms: null,
  recent_same_signature: [],
  alerts: [],
}

/** A batch of the public shape at its plainest; derived fields are not derived here. */
export function makeDetail(given: Partial<BatchDetail>): BatchDetail {
  return {
    batch_id: 'b',
    run_id: null,
    turn: null,
    agent: 'agent',
    environment: 'production',
    version: null,
    tenant: null,
    provider: null,
    model: null,
    mode: 'parallel',
    mode_revision: null,
    parallel_requested: null,
    concurrency: null,
    tool_caps: null,
    started_at: 0,
    model_ms: null,
    input_tokens: null,
    output_tokens: null,
    emitted_calls: null,
    sdk: null,
    calls: [],
    calls_truncated: false,
    source: 'sdk',
    evidence: 'declared',
    provisional: false,
    revision: 1,
    received_at: 0,
    flags: [],
    size: 1,
    wall_ms: null,
    sum_ms: null,
    longest_ms: null,
    ideal_ms: null,
    serialization: null,
    hidden_ms: null,
    slowest_call_id: null,
    slowest_tool: null,
    blocked_ms: null,
    outcomes: { ok: 2, error: 0, timeout: 0, cancelled: 0, 'never-ran': 0, unknown: 0 },
    signature: 'tool',
    context: ALONE,
    ...given,
  }
}
