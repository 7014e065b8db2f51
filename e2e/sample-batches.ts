import { expect } from 'vitest'
import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'

let made = 0

/** A successful call of `get_order` that starts with its batch and takes 100 ms, with `changes` applied. */
export function sampleCall(changes: Partial<IngestCall> = {}): IngestCall {
  made += 1
  return {
    call_id: `call-${made}`,
    tool: 'get_order',
    start_ms: 0,
    duration_ms: 100,
    outcome: 'ok',
    effect: 'read',
    ...changes,
  } as IngestCall
}

/** A batch of one agent that started a minute ago and ran two calls side by side, with `changes` applied. */
export function sampleBatch(changes: Partial<IngestBatch> = {}): IngestBatch {
  made += 1
  return {
    batch_id: `batch-${made}`,
    run_id: `run-${made}`,
    turn: 1,
    agent: 'support-triage',
    environment: 'production',
    version: '1.0.0',
    model: 'scripted-1',
    mode: 'parallel',
    started_at: Date.now() - 60_000,
    calls: [sampleCall(), sampleCall({ tool: 'search_notes', duration_ms: 250 })],
    ...changes,
  }
}

/** Sends batches as an SDK does and expects every one to be stored. */
export async function sendBatches(url: string, batches: readonly IngestBatch[]): Promise<void> {
  const response = await fetch(new URL('/api/v1/batches', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sent_at: Date.now(), batches }),
  })
  expect(await response.json()).toEqual({ accepted: batches.length, duplicates: 0, rejected: [] })
}
