import { createHash } from 'node:crypto'
import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'
import type { WireBatch } from '#lib/contract/reads.ts'

/**
 * A hash over everything of a batch that a sender may say, with what it left out filled in as the contract
 * says. What was sent and what is read back have the same hash exactly when nothing was lost or changed.
 */
export function hashContent(batch: IngestBatch | WireBatch): string {
  const content = [
    batch.batch_id,
    batch.run_id ?? null,
    batch.turn ?? null,
    batch.agent,
    batch.environment ?? 'default',
    batch.version ?? null,
    batch.tenant ?? null,
    batch.provider ?? null,
    batch.model ?? null,
    batch.mode ?? null,
    batch.mode_revision ?? null,
    batch.parallel_requested ?? null,
    batch.concurrency ?? null,
    batch.tool_caps ? Object.entries(batch.tool_caps) : null,
    batch.started_at,
    batch.model_ms ?? null,
    batch.input_tokens ?? null,
    batch.output_tokens ?? null,
    batch.emitted_calls ?? null,
    (batch.calls as readonly IngestCall[]).map(listCall),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

function listCall(call: IngestCall, position: number): unknown[] {
  return [
    call.call_id,
    call.attempt ?? 1,
    call.seq ?? position,
    call.tool,
    call.start_ms ?? null,
    call.duration_ms ?? null,
    call.outcome,
    call.error_code ?? null,
    call.effect ?? 'unknown',
    call.mode ?? null,
    call.resources ?? [],
    call.depends_on ?? [],
    call.group ?? null,
    call.args_bytes ?? null,
    call.result_bytes ?? null,
    call.args_fp ?? [],
    call.result_fp ?? [],
    call.held_ms ?? null,
    call.marks ?? [],
    call.captured?.args ?? null,
    call.captured?.result ?? null,
    call.captured?.error ?? null,
  ]
}
