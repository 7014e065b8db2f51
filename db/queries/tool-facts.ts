import type { OutcomeCounts, Tool, ToolDetail } from '#lib/contract/reads.ts'
import { type BatchMeasures, measureBatch } from '#lib/intervals/measure-batch.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { EFFECTS, type Effect, OUTCOMES } from '#lib/model/vocabulary.ts'
import type { Sketch } from '#lib/stats/sketch.ts'
import type { ToolStats } from '#lib/stats/tool-stats.ts'
import { OTHER_ID } from '../sqlite/dimensions.ts'
import type { ReadContext } from './context.ts'
import { type Queries, raw, sql } from './sql.ts'
import { toMs } from './wire-batch.ts'

/** Percentiles of fewer calls than this are said to be of a low sample. */
const LOW_SAMPLE = 20

/** Enters one batch into the ledger of each of its tools, if it counts there. */
export function addToLedgers(
  batch: StoredBatch,
  measures: BatchMeasures,
  statsOf: (tool: string) => ToolStats | null,
): void {
  const isParallelIntent = batch.mode === null || batch.mode === 'parallel'
  if (!isParallelIntent || measures.slowest === null) return
  const slowestTool = batch.calls[measures.slowest]?.tool
  for (const tool of new Set(batch.calls.map((call) => call.tool))) {
    statsOf(tool)?.addToLedger(tool === slowestTool ? measures.blockedUs : null)
  }
}

/** Adds the calls of one batch, and what it says of its slowest sibling, to the stats of its tools. */
export function addBatchToTools(batch: StoredBatch, statsOf: (tool: string) => ToolStats): void {
  for (const call of batch.calls) statsOf(call.tool).addCall(call.outcome, call.durationUs)
  addToLedgers(batch, measureBatch(batch), statsOf)
}

/** Ids of every tool that was ever recorded, that of the tools that found no room included. */
export function listToolIds({ dimensions }: ReadContext): number[] {
  return [OTHER_ID, ...dimensions.all('tool').map(({ id }) => id)]
}

/** The effect that is declared most often for a tool; ties go to the weaker. */
export function readEffects(queries: Queries, toolId: number | null = null): ReadonlyMap<number, Effect> {
  const where = toolId === null ? raw('true') : sql`tool_id = ${toolId}`
  const rows = queries.all<{ toolId: number; effect: number }>(sql`
    select tool_id as toolId, effect from tool_effects where ${where} order by tool_id, calls, effect desc`)
  return new Map(rows.map((row) => [row.toolId, EFFECTS[row.effect] ?? 'unknown']))
}

export function describePercentiles(
  sketch: Sketch,
): Pick<Tool, 'p50_ms' | 'p95_ms' | 'p99_ms' | 'n' | 'low_sample'> {
  return {
    p50_ms: toMs(sketch.quantile(0.5)),
    p95_ms: toMs(sketch.quantile(0.95)),
    p99_ms: toMs(sketch.quantile(0.99)),
    n: sketch.n,
    low_sample: sketch.n < LOW_SAMPLE,
  }
}

export function describeTool(tool: string, effect: Effect, stats: ToolStats): Tool {
  return {
    tool,
    effect,
    calls: stats.calls,
    outcomes: countOutcomes(stats),
    ...describePercentiles(stats.durations),
    slowest_share: stats.batches === 0 ? null : stats.slowest / stats.batches,
    blocked_ms: stats.blockedUs / 1000,
  }
}

/** One row of a breakdown but for its name. */
export function describeRow(stats: ToolStats): Omit<ToolDetail['by_agent'][number], 'agent'> {
  return { calls: stats.calls, ...describePercentiles(stats.durations) }
}

function countOutcomes(stats: ToolStats): OutcomeCounts {
  const counts: OutcomeCounts = { ok: 0, error: 0, timeout: 0, cancelled: 0, 'never-ran': 0, unknown: 0 }
  for (const [code, outcome] of OUTCOMES.entries()) counts[outcome] = stats.outcomes[code] ?? 0
  return counts
}

/** The window that an aggregate covers, in the contract's unit. */
export function describeCoverage({
  fromUs,
  toUs,
}: {
  readonly fromUs: number | null
  readonly toUs: number | null
}) {
  return { effective_from: toMs(fromUs), effective_to: toMs(toUs) }
}
