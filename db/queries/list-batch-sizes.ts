import type { FilterQuery } from '#lib/contract/query.ts'
import type { BatchSizes } from '#lib/contract/reads.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { BatchStats } from '#lib/stats/batch-stats.ts'
import { sizeKey } from '#lib/stats/marginals.ts'
import { addBatchTo } from './batch-facts.ts'
import { readBatchCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import { compileWindow } from './filter.ts'
import { type Gatherer, gather, planGather } from './gather.ts'
import { describeCoverage } from './tool-facts.ts'
import { toMs } from './wire-batch.ts'

/** Wall times by the exact number of calls (in doublings above a thousand), smallest first. */
export function listBatchSizes(context: ReadContext, query: FilterQuery, nowMs: number): BatchSizes {
  const bySize = new Map<number, BatchStats>()
  const at = (size: number): BatchStats => {
    const known = bySize.get(size) ?? new BatchStats()
    bySize.set(size, known)
    return known
  }
  // Sizes are a marginal of all batches alone: with any filter the log is scanned.
  const request = planGather(context, query, nowMs, ['all'] as const)
  if (request === null) return { sizes: [], ...describeCoverage(compileWindow(query, nowMs)) }
  const gatherer: Gatherer<'all'> = {
    addStretch(_all, _keys, stretch) {
      const cells = readBatchCells(context.queries, { marginal: 'size', keys: null, stretch })
      for (const cell of cells) at(cell.key).mergeEncoded(cell.stats)
    },
    addBatch(batch) {
      const measures = measureBatch(batch)
      addBatchTo(at(sizeKey(measures.size)), batch, measures)
    },
  }
  const covered = gather(context, request, gatherer, context.startDeadline())
  const sizes = [...bySize].sort(([a], [b]) => a - b)
  return {
    sizes: sizes.map(([size, { batches, wall }]) => ({
      size,
      batches,
      p50_ms: toMs(wall.quantile(0.5)),
      p95_ms: toMs(wall.quantile(0.95)),
      p99_ms: toMs(wall.quantile(0.99)),
    })),
    ...describeCoverage(covered),
  }
}
