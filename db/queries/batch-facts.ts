import type { Overview } from '#lib/contract/reads.ts'
import { type BatchMeasures, measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeTurnTime } from '#lib/intervals/turn-time.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { BatchStats } from '#lib/stats/batch-stats.ts'
import { toMs } from './wire-batch.ts'

/** Adds one batch to an aggregate as the consumers of the log do. */
export function addBatchTo(
  stats: BatchStats,
  batch: StoredBatch,
  measures: BatchMeasures = measureBatch(batch),
): void {
  const { size, wallUs, serialization, hiddenUs } = measures
  const { calls, emittedCalls } = batch
  stats.add({ calls, size, wallUs, serialization, hiddenUs, turnTime: computeTurnTime(batch), emittedCalls })
}

/** The sums of the overview. */
export function describeSums(stats: BatchStats): Overview['now'] {
  return {
    batches: stats.batches,
    calls: stats.calls,
    failures: stats.failures,
    cancelled: stats.cancelled,
    never_ran: stats.neverRan,
    overlap_efficiency: stats.overlapEfficiency,
    efficiency_n: stats.efficiencyN,
    saved_ms: stats.hiddenUs / 1000,
    wall_p50_ms: toMs(stats.wall.quantile(0.5)),
    wall_p95_ms: toMs(stats.wall.quantile(0.95)),
  }
}

/** The parts into which the time of turns divides. */
export function describeTurnTime(stats: BatchStats) {
  return {
    model_ms: stats.modelUs / 1000,
    waiting_ms: stats.waitingUs / 1000,
    exposed_ms: stats.exposedUs / 1000,
    idle_ms: stats.idleUs / 1000,
    turns: stats.turns,
  }
}
