import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'
import { createRandom, type Random } from '../tests/testing/random.ts'

/*
 * Batches whose durations are hard on a summary: constant, two far peaks, long tails, zeros, single
 * microseconds. Everything is a whole number of microseconds, so that what is stored is what was sent.
 */

/** A duration in microseconds. */
type Draw = (random: Random) => number

const gauss = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

const DURATIONS: Readonly<Record<string, Draw>> = {
  constant: () => 42_500,
  two_peaks: (random) => (random.chance(0.5) ? random.int(4_900, 5_100) : random.int(4_900_000, 5_100_000)),
  log_normal: (random) => Math.round(120_000 * Math.exp(0.9 * gauss(random))),
  long_tail: (random) => Math.min(600_000_000, Math.round(1_000 * (1 - random.next()) ** -1.1)),
  half_zeros: (random) => (random.chance(0.5) ? 0 : random.int(1, 3_000)),
  microseconds: (random) => random.int(1, 40),
  even: (random) => random.int(1_000, 900_000),
  'größe/µ 100%': (random) => random.int(10_000, 20_000),
}
const TOOLS = Object.keys(DURATIONS)
/** Called so rarely that its percentiles are a low sample. */
const RARE_TOOL = 'rare'
const RARE_EVERY = 120

const AGENTS = ['planner', 'writer', 'clerk']
const ENVIRONMENTS = ['production', 'staging']
const VERSIONS = ['1.0.0', '1.1.0', null]

/** `count` batches over the 70 hours before `endMs`, always the same for the same arguments. */
export function latencyWorkload(count: number, endMs: number): IngestBatch[] {
  const random = createRandom(7)
  return Array.from({ length: count }, (_, index) => ({
    batch_id: `latency-${index}`,
    agent: random.pick(AGENTS),
    environment: random.pick(ENVIRONMENTS),
    version: random.pick(VERSIONS),
    mode: random.chance(0.7) ? 'parallel' : random.pick(['serial', 'reads-only', null]),
    started_at: endMs - random.int(1, 70 * 3_600_000),
    calls: drawCalls(random, index),
  }))
}

function drawCalls(random: Random, batch: number): IngestCall[] {
  return Array.from({ length: random.int(1, 11) }, (_, index): IngestCall => {
    const tool = batch % RARE_EVERY === 0 && index === 0 ? RARE_TOOL : random.pick(TOOLS)
    const common = { call_id: `call-${index}`, tool, effect: 'read' } as const
    if (random.chance(0.02)) return { ...common, outcome: 'never-ran' }
    const draw = DURATIONS[tool] ?? DURATIONS.constant
    // Calls of one batch start at times of their own, so that who was in flight has one answer.
    const startUs = index * 40_000 + random.int(0, 39_999)
    return {
      ...common,
      outcome: random.chance(0.9) ? 'ok' : random.pick(['error', 'timeout', 'cancelled']),
      start_ms: startUs / 1000,
      duration_ms: (draw?.(random) ?? 0) / 1000,
    }
  })
}
