import type { FilterQuery } from '#lib/contract/query.ts'
import type { Siblings, ToolList } from '#lib/contract/reads.ts'
import { compareText } from '#lib/intervals/order.ts'
import { TOOL_MARGINALS, type ToolMarginal } from '#lib/stats/marginals.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { readToolCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import { compileWindow, type UsWindow } from './filter.ts'
import { type Gatherer, gather, planGather } from './gather.ts'
import { addBatchToTools, describeCoverage, describeTool, listToolIds, readEffects } from './tool-facts.ts'
import { toMs } from './wire-batch.ts'

/** The tools that were called, most calls first. */
export function listTools(context: ReadContext, query: FilterQuery, nowMs: number): ToolList {
  const { stats, covered } = gatherTools(context, query, nowMs)
  const effects = readEffects(context.queries)
  const tools = Array.from(stats, ([id, tool]) =>
    describeTool(context.dimensions.name(id), effects.get(id) ?? 'unknown', tool),
  )
  tools.sort((a, b) => b.calls - a.calls || compareText(a.tool, b.tool))
  return { tools, ...describeCoverage(covered) }
}

/** The slowest-sibling ledger, the most costly tool first. */
export function listSiblings(context: ReadContext, query: FilterQuery, nowMs: number): Siblings {
  const { stats, covered } = gatherTools(context, query, nowMs)
  const siblings = Array.from(stats, ([id, { batches, slowest, blockedUs, blocked }]) => ({
    tool: context.dimensions.name(id),
    batches,
    slowest,
    slowest_share: batches === 0 ? null : slowest / batches,
    blocked_ms: blockedUs / 1000,
    blocked_p50_ms: toMs(blocked.quantile(0.5)),
  })).filter((sibling) => sibling.batches > 0)
  siblings.sort((a, b) => b.blocked_ms - a.blocked_ms || compareText(a.tool, b.tool))
  return { siblings, ...describeCoverage(covered) }
}

interface GatheredTools {
  /** By id, only tools that were called. */
  readonly stats: ReadonlyMap<number, ToolStats>
  readonly covered: UsWindow
}

function gatherTools(context: ReadContext, query: FilterQuery, nowMs: number): GatheredTools {
  const stats = new Map<number, ToolStats>()
  const request = planGather(context, query, nowMs, TOOL_MARGINALS)
  if (request === null) return { stats, covered: compileWindow(query, nowMs) }
  const at = (toolId: number): ToolStats => {
    const known = stats.get(toolId) ?? new ToolStats()
    stats.set(toolId, known)
    return known
  }
  const toolIds = listToolIds(context)
  const gatherer: Gatherer<ToolMarginal> = {
    addStretch(marginal, keys, stretch) {
      const cells = readToolCells(context.queries, { marginal, keys, stretch, toolIds })
      for (const cell of cells) at(cell.toolId).mergeEncoded(cell.stats)
    },
    addBatch: (batch) => addBatchToTools(batch, (tool) => at(context.ids.tool(tool))),
  }
  return { covered: gather(context, request, gatherer, context.startDeadline()), stats }
}
