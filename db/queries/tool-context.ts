import type { BatchContext } from '#lib/contract/reads.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { BatchStats } from '#lib/stats/batch-stats.ts'
import { grainStart, sizeKey } from '#lib/stats/marginals.ts'
import { Sketch } from '#lib/stats/sketch.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { readBatchCells, readToolCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import type { Stretch } from './coverage.ts'
import { describePercentiles } from './tool-facts.ts'
import { toMs } from './wire-batch.ts'

const DAYS = 7

/** What is usual for the tools and the size of a batch: over the seven days up to and with its own. */
export function describeUsual(
  context: ReadContext,
  batch: StoredBatch,
  size: number,
): Pick<BatchContext, 'tools' | 'size_p95_ms'> {
  const day = grainStart('day', batch.startedAtUs)
  const stretch: Stretch = { grain: 'day', from: day - DAYS + 1, to: day + 1 }
  const wall = new Sketch()
  for (const cell of readBatchCells(context.queries, { marginal: 'size', keys: [sizeKey(size)], stretch })) {
    wall.merge(BatchStats.decode(cell.stats).wall)
  }
  return { tools: describeTools(context, batch, stretch), size_p95_ms: toMs(wall.quantile(0.95)) }
}

function describeTools(
  { queries, ids }: ReadContext,
  batch: StoredBatch,
  stretch: Stretch,
): BatchContext['tools'] {
  const names = [...new Set(batch.calls.map((call) => call.tool))]
  const stats = new Map(names.map((name) => [ids.tool(name), new ToolStats()]))
  for (const cell of readToolCells(queries, {
    marginal: 'all',
    keys: [0],
    stretch,
    toolIds: [...stats.keys()],
  })) {
    stats.get(cell.toolId)?.mergeEncoded(cell.stats)
  }
  return names.map((tool) => {
    const { p50_ms, p95_ms, n, low_sample } = describePercentiles(
      (stats.get(ids.tool(tool)) ?? new ToolStats()).durations,
    )
    return { tool, p50_ms, p95_ms, n, low_sample }
  })
}
