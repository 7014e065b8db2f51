import { type AgentSpec, ROSTER } from '../agents/roster.ts'
import { createRandom, type Random } from '../random.ts'
import { dailyLoad } from '../service/endpoints.ts'
import { createWorld, type World } from '../world.ts'
import { simulateRun } from './simulate-run.ts'
import type { WireBatch } from './wire.ts'

const HOUR_MS = 3_600_000

export interface HistoryScope {
  readonly seed: number | string
  readonly days: number
  /** The end of the history; deploys and incidents are counted back from it. */
  readonly nowMs: number
}

/** The batches that began within one hour, in order of their beginning. */
export interface HistoryHour {
  readonly batches: readonly WireBatch[]
  /** How much of the whole time has been told, 0 to 1. */
  readonly fraction: number
}

/**
 * Tells the days before `nowMs`, an hour at a time, without waiting for anything. The same scope gives
 * the same batches with the same ids, so that sending them again changes nothing. Only batches that
 * had ended by `nowMs` are told.
 */
export function* generateHistory(scope: HistoryScope): Generator<HistoryHour> {
  const { seed, nowMs } = scope
  const world = createWorld(seed)
  const random = createRandom(`${seed}/history/${nowMs}`)
  const hours = Math.max(1, Math.round(scope.days * 24))
  let later: WireBatch[] = []
  for (let hour = 0; hour < hours; hour++) {
    const fromMs = nowMs - (hours - hour) * HOUR_MS
    const toMs = fromMs + HOUR_MS
    const arrivals = ROSTER.flatMap((spec) => {
      const source = random.fork(`${spec.agent}/${spec.environment}/${hour}`)
      return simulateHour(spec, { world, random: source, fromMs, nowMs })
    })
    // A run that arrives at the end of the hour goes on in the next one.
    const known = [...later, ...arrivals].sort((one, other) => one.started_at - other.started_at)
    later = known.filter((batch) => batch.started_at >= toMs)
    const batches = known.filter((batch) => batch.started_at < toMs && hasEndedBy(batch, nowMs))
    yield { batches, fraction: (hour + 1) / hours }
  }
}

interface HourContext {
  readonly world: World
  readonly random: Random
  readonly fromMs: number
  readonly nowMs: number
}

function simulateHour(spec: AgentSpec, { world, random, fromMs, nowMs }: HourContext): WireBatch[] {
  const batches: WireBatch[] = []
  // Four times as many runs at the daily peak as at night; 1 on average.
  const rate = spec.runsPerHour * (0.4 + 1.2 * dailyLoad(fromMs + HOUR_MS / 2))
  const meanGapMs = HOUR_MS / rate
  for (
    let atMs = fromMs + random.exponential(meanGapMs);
    atMs < fromMs + HOUR_MS;
    atMs += random.exponential(meanGapMs)
  ) {
    batches.push(...simulateRun({ spec, world, random, arrivedAtMs: atMs, nowMs }))
  }
  return batches
}

function hasEndedBy(batch: WireBatch, epochMs: number): boolean {
  return batch.calls.every(
    (call) => batch.started_at + (call.start_ms ?? 0) + (call.duration_ms ?? 0) <= epochMs,
  )
}
