import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'
import { EFFECTS, MODES, OUTCOMES } from '#lib/model/vocabulary.ts'
import type { Random } from './random.ts'

const TOOLS = [
  'get_order',
  'search_notes',
  'send_mail',
  'read_file',
  'write_file',
  'quote',
  'Größe/µ',
  '__proto__',
]
const AGENTS = ['support-triage', 'research-crawler', 'refund-desk']
const ENVIRONMENTS = ['production', 'staging', undefined]
const VERSIONS = ['1.0.0', '1.1.0', null]
const MAX_CALLS = 9
/** Few hours, so that batches meet in the same cells of what is derived. */
const SPREAD_MS = 3 * 3_600_000

/** Valid batches of many shapes, ids from `prefix`. Times are whole microseconds, so that they come back exactly. */
export function randomBatch(random: Random, batchId: string, nowMs: number): IngestBatch {
  const calls: IngestCall[] = []
  const count = random.int(1, MAX_CALLS)
  for (let i = 0; i < count; i++) calls.push(randomCall(random, i))
  return {
    batch_id: batchId,
    run_id: random.chance(0.8) ? `run-${random.int(1, 200)}` : null,
    turn: random.chance(0.8) ? random.int(0, 20) : null,
    agent: random.pick(AGENTS),
    environment: random.pick(ENVIRONMENTS),
    version: random.pick(VERSIONS),
    model: random.chance(0.5) ? 'scripted-1' : null,
    mode: random.pick([...MODES, null]),
    concurrency: random.chance(0.3) ? random.int(1, 6) : null,
    tool_caps: random.chance(0.2) ? { get_order: random.int(1, 3) } : null,
    started_at: Math.floor((nowMs - random.next() * SPREAD_MS) * 1000) / 1000,
    model_ms: random.chance(0.6) ? random.int(0, 5_000_000) / 1000 : null,
    emitted_calls: random.chance(0.5) ? count : null,
    calls,
  }
}

function randomCall(random: Random, position: number): IngestCall {
  const outcome = random.chance(0.8) ? 'ok' : random.pick(OUTCOMES)
  const common = {
    call_id: `call-${position}`,
    tool: random.pick(TOOLS),
    effect: random.pick(EFFECTS),
    error_code: outcome === 'error' ? 'E_UPSTREAM' : null,
    resources: random.chance(0.3) ? [`orders/${random.int(1, 40)}`] : [],
    depends_on: position > 0 && random.chance(0.2) ? [`call-${random.int(0, position - 1)}`] : [],
    args_bytes: random.chance(0.3) ? random.int(0, 5000) : null,
    held_ms: random.chance(0.1) ? random.int(0, 400_000) / 1000 : null,
    marks: random.chance(0.1) ? ['idempotency-key'] : [],
    captured: random.chance(0.05) ? { args: 'id 1', result: null, error: null } : null,
    result_fp: random.chance(0.2) ? [random.int(0, 0xffffff).toString(16)] : [],
  }
  if (outcome === 'never-ran' || outcome === 'unknown') return { ...common, outcome }
  const start_ms = random.int(random.chance(0.05) ? -20_000 : 0, 400_000) / 1000
  return { ...common, outcome, start_ms, duration_ms: random.int(0, 2_500_000) / 1000 }
}
