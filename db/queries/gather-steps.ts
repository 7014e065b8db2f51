import { BatchStats } from '#lib/stats/batch-stats.ts'
import { type BatchMarginal, GRAIN_US } from '#lib/stats/marginals.ts'
import { addBatchTo } from './batch-facts.ts'
import { readBatchCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import type { UsWindow } from './filter.ts'
import { type Gatherer, type GatherRequest, gather } from './gather.ts'
import { type Steps, stepOf } from './steps.ts'
import { readWindow } from './walk.ts'

/** Batches by step of time. */
export interface SteppedStats {
  readonly steps: Steps
  readonly stats: readonly BatchStats[]
  readonly covered: UsWindow
}

/** Batches of a window in steps of any length, read from the log; null when it holds too much for that. */
export function gatherFine(
  context: ReadContext,
  request: GatherRequest<BatchMarginal>,
  steps: Steps,
  deadline: Deadline,
): SteppedStats | null {
  const { stats, at } = createSteps(steps)
  const batches = readWindow(context, request, deadline, (hit) => context.readBatch(hit.seq))
  for (const batch of batches ?? []) addBatchTo(at(batch.startedAtUs), batch)
  return batches && { steps, stats, covered: request.window }
}

/** Batches of a window in steps of whole hours. */
export function gatherHours(
  context: ReadContext,
  request: GatherRequest<BatchMarginal>,
  steps: Steps,
  deadline: Deadline,
): SteppedStats {
  const { stats, at } = createSteps(steps)
  const gatherer: Gatherer<BatchMarginal> = {
    addStretch(marginal, keys, stretch) {
      const grainUs = GRAIN_US[stretch.grain]
      for (const cell of readBatchCells(context.queries, { marginal, keys, stretch })) {
        at(cell.start * grainUs).mergeEncoded(cell.stats)
      }
    },
    addBatch: (batch) => addBatchTo(at(batch.startedAtUs), batch),
  }
  const coarsest = steps.stepUs % GRAIN_US.day === 0 ? 'day' : 'hour'
  return { steps, stats, covered: gather(context, { ...request, coarsest }, gatherer, deadline) }
}

function createSteps(steps: Steps) {
  const stats = Array.from({ length: steps.end - steps.first }, () => new BatchStats())
  return { stats, at: (us: number) => stats[stepOf(steps, us)] as BatchStats }
}

/** All steps together. */
export function sumSteps({ stats }: Pick<SteppedStats, 'stats'>): BatchStats {
  const sum = new BatchStats()
  for (const step of stats) sum.merge(step)
  return sum
}
