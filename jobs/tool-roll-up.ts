import { openToolStatsTable } from '#db/derived.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { computeConcurrencyAtStart } from '#lib/intervals/concurrency.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import {
  concurrencyKey,
  grainStart,
  sizeBandKey,
  TOOL_MARGINALS,
  type ToolMarginal,
} from '#lib/stats/marginals.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { createAccumulator } from './accumulator.ts'
import { type Consumer, type LogEntry, timesOf } from './consumer.ts'

/** Marginals that split calls of one batch from each other: the ledger counts batches, so it has no place there. */
const BY_CALL: ReadonlySet<ToolMarginal> = new Set(['concurrency', 'outcome'])

/**
 * Durations, outcomes and the slowest-sibling ledger of every tool under one marginal, by hour and day of
 * the batch's start.
 */
export function createToolRollUp(db: SqliteDatabase, ids: DimensionIds, marginal: ToolMarginal): Consumer {
  const table = openToolStatsTable(db, TOOL_MARGINALS.indexOf(marginal))
  const changes = createAccumulator(table, () => new ToolStats())

  function addCalls(entry: LogEntry, hour: number, keyOf: (callIndex: number) => number): void {
    const { calls } = entry.batch
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i] as (typeof calls)[number]
      changes.at(hour, ids.tool(call.tool), keyOf(i)).addCall(call.outcome, call.durationUs, timesOf(entry))
    }
  }

  function addToLedger(entry: LogEntry, hour: number, key: number): void {
    const { batch, measures } = entry
    const isParallelIntent = batch.mode === null || batch.mode === 'parallel'
    if (!isParallelIntent || measures.slowest === null) return
    const slowestTool = batch.calls[measures.slowest]?.tool
    for (const tool of new Set(batch.calls.map((call) => call.tool))) {
      const blockedUs = tool === slowestTool ? measures.blockedUs : null
      changes.at(hour, ids.tool(tool), key).addToLedger(blockedUs, timesOf(entry))
    }
  }

  return {
    name: `tools by ${marginal}`,
    version: 1,
    apply(entry) {
      const hour = grainStart('hour', entry.batch.startedAtUs)
      addCalls(entry, hour, callKey(entry, marginal, ids))
      if (!BY_CALL.has(marginal)) addToLedger(entry, hour, callKey(entry, marginal, ids)(0))
    },
    flush: changes.flush,
    discard: changes.discard,
    clear: table.clear,
    get pending() {
      return changes.size
    },
  }
}

/** The key under which each call of a batch counts, by its position. */
function callKey(
  { batch, measures }: LogEntry,
  marginal: ToolMarginal,
  ids: DimensionIds,
): (callIndex: number) => number {
  switch (marginal) {
    case 'concurrency': {
      const inFlight = computeConcurrencyAtStart(batch.calls)
      return (i) => concurrencyKey(inFlight[i] ?? 0)
    }
    case 'outcome':
      return (i) => OUTCOMES.indexOf(batch.calls[i]?.outcome ?? 'unknown')
    case 'size-band':
      return constant(sizeBandKey(measures.size))
    case 'all':
      return constant(0)
    default:
      return constant(ids.ofBatch(batch, marginal))
  }
}

function constant(key: number): () => number {
  return () => key
}
