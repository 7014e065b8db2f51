import type { IngestBatch } from '#lib/contract/ingest.ts'

/*
 * Batches as a busy shop's agents would send them: 40 tools, 4 agents, 8 versions, 400 kinds of turn of 1 to
 * 12 calls with a mean near 5, durations over three decades. Seeded, so that every run stores the same.
 */

const ID_ALPHABET = [...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789']
const SIZES = [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 12]
const WORKLOAD_TOOLS = 40
const KINDS_OF_TURN = 400
const AGENTS = ['support-refund', 'support-triage', 'order-desk', 'research-crawler']
/** A day of traffic between the first batch and the last of 100,000. */
const STEP_MS = 860

/** A generator of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Makes the batches of one seed, one after another in time. */
export function createWorkload(
  seed: number,
  startedAtMs: number,
): { next(): IngestBatch; readonly calls: number } {
  const random = createRandom(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  const text = (length: number) => Array.from({ length }, () => pick(ID_ALPHABET)).join('')
  const anyTool = () => `tool_${String(Math.floor(random() ** 2 * WORKLOAD_TOOLS)).padStart(2, '0')}`
  const kinds = Array.from({ length: KINDS_OF_TURN }, () => Array.from({ length: pick(SIZES) }, anyTool))
  let atMs = startedAtMs
  let calls = 0
  let runId = ''
  let turn = 0

  function nextCall(tool: string, seq: number): IngestBatch['calls'][number] {
    const durationMs = Math.round(Math.exp(random() * 7) * 1000) / 1000
    const failed = random() < 0.02
    return {
      call_id: `toolu_01${text(22)}`,
      attempt: 1,
      seq,
      tool,
      start_ms: Math.round(random() * 2000) / 1000,
      duration_ms: durationMs,
      outcome: failed ? 'error' : 'ok',
      error_code: failed ? '503' : null,
      effect: 'read',
      resources: random() < 0.3 ? [`orders/${Math.floor(random() * 100_000)}`] : [],
      args_bytes: Math.floor(random() * 500),
      result_bytes: Math.floor(random() * 5_000),
    }
  }

  return {
    next() {
      atMs += random() * 2 * STEP_MS
      if (turn === 0) runId = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
      turn = (turn + 1) % 4
      const tools = pick(kinds)
      calls += tools.length
      const time = Math.floor(atMs).toString(16).padStart(12, '0')
      return {
        batch_id: `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
        run_id: runId,
        turn,
        agent: pick(AGENTS),
        environment: random() < 0.8 ? 'production' : 'staging',
        version: `4.${Math.floor(random() * 8)}.0`,
        provider: 'anthropic',
        model: 'sonnet-5',
        mode: 'parallel',
        mode_revision: 3,
        concurrency: 6,
        started_at: Math.round(atMs * 1000) / 1000,
        model_ms: Math.round(random() * 3_000_000) / 1000,
        input_tokens: Math.floor(random() * 20_000),
        output_tokens: Math.floor(random() * 800),
        emitted_calls: tools.length,
        calls: tools.map(nextCall),
      }
    },
    get calls() {
      return calls
    },
  }
}

/** Requests of `perRequest` batches each, ready to be sent. */
export function createRequests(options: {
  seed: number
  requests: number
  perRequest: number
  startedAtMs: number
}) {
  const workload = createWorkload(options.seed, options.startedAtMs)
  const batches: IngestBatch[] = []
  const bodies = Array.from({ length: options.requests }, () => {
    const request = Array.from({ length: options.perRequest }, () => workload.next())
    batches.push(...request)
    return Buffer.from(
      JSON.stringify({
        sdk: { name: 'bench', version: '1' },
        sent_at: options.startedAtMs,
        batches: request,
      }),
    )
  })
  return { bodies, batches, calls: workload.calls }
}
