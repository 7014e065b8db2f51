import type { ToolDetail } from '#lib/contract/reads.ts'
import { computeConcurrencyAtStart } from '#lib/intervals/concurrency.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { compareText } from '#lib/intervals/order.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { concurrencyKey, SIZE_BANDS, sizeBandKey } from '#lib/stats/marginals.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { OTHER_ID } from '../sqlite/dimensions.ts'
import { readToolCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import { coverWindow } from './coverage.ts'
import type { UsWindow } from './filter.ts'
import { describeRow } from './tool-facts.ts'

const BREAKDOWNS = ['size-band', 'concurrency', 'agent', 'version', 'outcome'] as const
type Breakdown = (typeof BREAKDOWNS)[number]

type BreakdownRows = Pick<ToolDetail, 'by_size' | 'by_concurrency' | 'by_agent' | 'by_version' | 'by_outcome'>

/** The calls of one tool, split in every way that its page shows. */
export interface ToolBreakdowns {
  /** Adds the aggregates of the whole hours of a window, over all traffic. */
  addCells(window: UsWindow): void
  addBatch(batch: StoredBatch): void
  describe(): BreakdownRows
}

export function createToolBreakdowns(
  { queries, dimensions, ids }: ReadContext,
  toolId: number,
): ToolBreakdowns {
  const stats = new Map(BREAKDOWNS.map((breakdown) => [breakdown, new Map<number, ToolStats>()]))

  function at(breakdown: Breakdown, key: number): ToolStats {
    const byKey = stats.get(breakdown) as Map<number, ToolStats>
    const known = byKey.get(key) ?? new ToolStats()
    byKey.set(key, known)
    return known
  }

  function rows<T>(breakdown: Breakdown, name: (key: number) => T): (T & ReturnType<typeof describeRow>)[] {
    const byKey = [...(stats.get(breakdown) as Map<number, ToolStats>)].sort(([a], [b]) => a - b)
    return byKey.map(([key, tool]) => ({ ...name(key), ...describeRow(tool) }))
  }

  return {
    addCells(window) {
      for (const stretch of coverWindow(window, 'day').stretches) {
        for (const marginal of BREAKDOWNS) {
          const cells = readToolCells(queries, { marginal, keys: null, stretch, toolIds: [toolId] })
          for (const cell of cells) at(marginal, cell.key).mergeEncoded(cell.stats)
        }
      }
    },
    addBatch(batch) {
      const inFlight = computeConcurrencyAtStart(batch.calls)
      const keys = {
        'size-band': sizeBandKey(measureBatch(batch).size),
        agent: ids.ofBatch(batch, 'agent'),
        version: ids.ofBatch(batch, 'version'),
      }
      for (const [i, call] of batch.calls.entries()) {
        if (ids.tool(call.tool) !== toolId) continue
        const ofCall = {
          ...keys,
          concurrency: concurrencyKey(inFlight[i] ?? 0),
          outcome: OUTCOMES.indexOf(call.outcome),
        }
        for (const breakdown of BREAKDOWNS)
          at(breakdown, ofCall[breakdown]).addCall(call.outcome, call.durationUs)
      }
    },
    describe: () => ({
      by_size: rows('size-band', (key) => ({ size_band: SIZE_BANDS[key] ?? '9+' })),
      // Under 0 stand the calls that never started beside anything, because they never started.
      by_concurrency: rows('concurrency', (concurrency) => ({ concurrency })).filter(
        (row) => row.concurrency > 0,
      ),
      by_agent: rows('agent', (key) => ({ agent: dimensions.name(key) })).sort(
        (a, b) => b.calls - a.calls || compareText(a.agent, b.agent),
      ),
      by_version: rows('version', (key) => ({ version: key === OTHER_ID ? null : dimensions.name(key) })),
      by_outcome: rows('outcome', (key) => ({ outcome: OUTCOMES[key] ?? 'unknown' })),
    }),
  }
}
