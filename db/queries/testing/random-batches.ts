import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'
import { MODES, RAN_OUTCOMES } from '#lib/model/vocabulary.ts'

const HOUR_MS = 3_600_000

/** A repeatable source of numbers in [0, 1): mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface RandomBatchesOptions {
  readonly count: number
  readonly seed: number
  /** Starts lie in [fromMs, toMs], many of them on the bounds of hours and many at one and the same instant. */
  readonly fromMs: number
  readonly toMs: number
}

/** Batches that are hard to read back right: ties, nulls, retries, calls that never ran, durations of every size. */
export function randomBatches({ count, seed, fromMs, toMs }: RandomBatchesOptions): IngestBatch[] {
  const random = createRandom(seed)
  const pick: Pick = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number]
  const ties = Array.from({ length: 5 }, () => fromMs + Math.floor(random() * (toMs - fromMs)))
  const startedAt = (): number => {
    const kind = random()
    if (kind < 0.2) return pick(ties)
    const at = fromMs + random() * (toMs - fromMs)
    if (kind < 0.4) return Math.min(toMs, Math.max(fromMs, Math.round(at / HOUR_MS) * HOUR_MS))
    return Math.floor(at * 1000) / 1000
  }
  return Array.from({ length: count }, (_, i): IngestBatch => {
    const size = random() < 0.3 ? 1 : 1 + Math.floor(random() ** 2 * 12)
    return {
      batch_id: random() < 0.5 ? uuid(random) : `batch-${i % 7}-${i}`,
      run_id: random() < 0.2 ? null : `run-${Math.floor(random() * 20)}`,
      turn: random() < 0.2 ? null : i,
      agent: pick(['planner', 'coder', 'reviewer']),
      environment: pick(['prod', 'staging']),
      version: pick([null, '1.0', '1.1', '2.0']),
      model: pick([null, 'small', 'large']),
      mode: pick([null, 'parallel', ...MODES]),
      concurrency: random() < 0.2 ? 2 : null,
      started_at: startedAt(),
      model_ms: random() < 0.5 ? Math.floor(random() * 5000) : null,
      emitted_calls: random() < 0.5 ? size : null,
      calls: randomCalls(size, random, pick),
    }
  })
}

type Pick = <T>(values: readonly T[]) => T

function randomCalls(size: number, random: () => number, pick: Pick): IngestCall[] {
  const calls: IngestCall[] = []
  for (let n = 0; n < size; n++) {
    const before = calls.at(-1)
    const isRetry = before !== undefined && random() < 0.1
    calls.push({
      call_id: isRetry ? before.call_id : `call-${n}`,
      attempt: isRetry ? n + 1 : 1,
      tool: isRetry ? before.tool : randomTool(random, pick),
      effect: pick([null, 'read', 'write'] as const),
      ...randomTimes(random, pick),
    })
  }
  return calls
}

function randomTool(random: () => number, pick: Pick): string {
  return random() < 0.01
    ? `rare-${Math.floor(random() * 4)}`
    : pick(['search', 'read', 'write', 'shell', 'fetch'])
}

function randomTimes(random: () => number, pick: Pick) {
  if (random() < 0.05) return { outcome: pick(['never-ran', 'unknown'] as const) }
  const outcome = random() < 0.8 ? 'ok' : pick(RAN_OUTCOMES)
  return { outcome, start_ms: Math.floor(random() * 50) - 1, duration_ms: randomDuration(random) }
}

/** Zero, a few microseconds, a plain latency, or far out in a heavy tail. */
function randomDuration(random: () => number): number {
  const kind = random()
  if (kind < 0.1) return 0
  if (kind < 0.2) return Math.ceil(random() * 5) / 1000
  if (kind < 0.9) return 50 + Math.floor(random() * 100_000) / 1000
  return Math.floor(Math.exp(random() * 14) * 1000) / 1000
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
