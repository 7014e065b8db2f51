/** A batch of the public contract, as far as these workloads fill it in. */
export interface WireBatch {
  batch_id: string
  run_id: string | null
  turn: number | null
  agent: string
  version: string | null
  environment: string
  model: string
  provider: string
  parallel_requested: boolean | null
  mode: 'parallel' | 'reads-only' | 'serial' | null
  concurrency: number | null
  tool_caps: Record<string, number> | null
  started_at: number
  model_ms: number
  calls: WireCall[]
}

export interface WireCall {
  call_id: string
  attempt: number
  seq: number
  tool: string
  start_ms: number
  duration_ms: number
  outcome: 'ok' | 'error' | 'timeout' | 'cancelled'
  error_code?: string
  effect: 'read' | 'write' | 'unknown'
  resources: string[]
  depends_on: string[]
  args_fp: string[]
  result_fp: string[]
}

/** A labelled event in the shape of `fixtures/detection/gen.mjs`. */
export interface TruthEvent {
  readonly id: string
  readonly kind: string
  readonly strength: string
  readonly agent: string
  readonly agents: readonly string[]
  readonly key: Readonly<Record<string, unknown>>
  readonly onset: number
  readonly end: number
  readonly first_bad_version: string | null
  readonly first_bad_model: string | null
  /** Information of an affected opportunity, in nats: rough, for it only says what can be asked for. */
  readonly kl: number
  readonly affected_at: number[]
  affected_n: number
}
