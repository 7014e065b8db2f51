import { openBatchStatsTable } from '#db/derived.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { BatchStats } from '#lib/stats/batch-stats.ts'
import { BATCH_MARGINALS, type BatchMarginal, grainStart, sizeKey } from '#lib/stats/marginals.ts'
import { createAccumulator } from './accumulator.ts'
import { type Consumer, type LogEntry, timesOf } from './consumer.ts'

/** Batch aggregates have no tool; their cells hold this in its place. */
const NO_TOOL = 0

/** Wall times, overlap and the parts of turns under one marginal, by hour and day of the batch's start. */
export function createBatchRollUp(db: SqliteDatabase, ids: DimensionIds, marginal: BatchMarginal): Consumer {
  const table = openBatchStatsTable(db, BATCH_MARGINALS.indexOf(marginal))
  const changes = createAccumulator(table, () => new BatchStats())
  return {
    name: `batches by ${marginal}`,
    version: 1,
    apply(entry) {
      const { batch, measures, turnTime } = entry
      const hour = grainStart('hour', batch.startedAtUs)
      const { size, wallUs, serialization, hiddenUs } = measures
      const facts = {
        calls: batch.calls,
        size,
        wallUs,
        serialization,
        hiddenUs,
        turnTime,
        emittedCalls: batch.emittedCalls,
      }
      changes.at(hour, NO_TOOL, keyOf(entry, marginal, ids)).add(facts, timesOf(entry))
    },
    flush: changes.flush,
    discard: changes.discard,
    clear: table.clear,
    get pending() {
      return changes.size
    },
  }
}

function keyOf({ batch, measures }: LogEntry, marginal: BatchMarginal, ids: DimensionIds): number {
  if (marginal === 'all') return 0
  return marginal === 'size' ? sizeKey(measures.size) : ids.ofBatch(batch, marginal)
}
