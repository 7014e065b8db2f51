import type { CallStatus } from '../agents/policy.ts'
import type { Mode } from './schedule.ts'

/** A call as the public ingest endpoint takes it. */
export interface WireCall {
  readonly call_id: string
  readonly attempt: number
  readonly seq: number
  readonly tool: string
  readonly outcome: CallStatus
  readonly start_ms: number | null
  readonly duration_ms: number | null
  readonly error_code: string | null
  readonly effect: 'read' | 'write' | 'read-modify-write'
  readonly resources: readonly string[]
  readonly depends_on: readonly string[]
}

/** A batch as the public ingest endpoint takes it. */
export interface WireBatch {
  readonly batch_id: string
  readonly run_id: string
  readonly turn: number
  readonly agent: string
  readonly environment: string
  readonly version: string
  readonly provider: string
  readonly model: string
  readonly mode: Mode
  readonly mode_revision: number
  readonly parallel_requested: boolean
  readonly concurrency: number | null
  readonly started_at: number
  readonly model_ms: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly emitted_calls: number
  readonly calls: readonly WireCall[]
}
