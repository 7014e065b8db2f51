import type { FilterQuery } from '#lib/contract/query.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { GRAIN_US, TOOL_MARGINALS, type ToolMarginal } from '#lib/stats/marginals.ts'
import { ToolStats } from '#lib/stats/tool-stats.ts'
import { readToolCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { compileWindow, findIds, narrowToTool, type UsWindow } from './filter.ts'
import { type Gatherer, type GatherRequest, gather, planGather } from './gather.ts'
import { chooseMarginal } from './marginal-choice.ts'
import { createSlowestCalls, listSlowestCalls, type SlowestCalls } from './slowest-calls.ts'
import { chooseSteps, describeSteps, type Steps, stepOf } from './steps.ts'
import { closeWindow } from './time-bounds.ts'
import { createToolBreakdowns, type ToolBreakdowns } from './tool-breakdowns.ts'
import { addToLedgers, describeCoverage, describeRow, describeTool, readEffects } from './tool-facts.ts'
import { toMs } from './wire-batch.ts'

const MAX_STEPS = 60
const FAILURES = [OUTCOMES.indexOf('error'), OUTCOMES.indexOf('timeout')]

/** Everything about one tool; null when no call of it was ever recorded. */
export function getTool(
  context: ReadContext,
  tool: string,
  query: FilterQuery,
  nowMs: number,
): ToolDetail | null {
  const [toolId] = findIds(context.dimensions, 'tool', [tool])
  if (toolId === undefined) return null
  const breakdowns = createToolBreakdowns(context, toolId)
  const slowest = createSlowestCalls(context, toolId)
  const span = closeWindow(context, compileWindow(query, nowMs), nowMs)
  const steps = chooseSteps(span.fromUs, span.toUs, MAX_STEPS, GRAIN_US.hour)
  const series = createSeries(context, toolId, steps)
  const planned = planGather(context, query, nowMs, TOOL_MARGINALS)
  const request = planned && { ...planned, filter: narrowToTool(planned.filter, toolId) }
  const deadline = context.startDeadline()
  const covered = request
    ? gatherTool(context, request, { series, breakdowns, slowest }, deadline)
    : describedAsAsked(query, nowMs)
  return {
    ...describeTool(tool, readEffects(context.queries, toolId).get(toolId) ?? 'unknown', series.sum()),
    ...describeCoverage(covered.totals),
    breakdowns_from: toMs(covered.breakdowns.fromUs),
    series: series.describe(covered.totals),
    ...breakdowns.describe(),
    slowest_calls: request
      ? listSlowestCalls(
          context,
          { toolId, filter: request.filter, window: covered.totals },
          slowest,
          deadline,
        )
      : [],
  }
}

/** What is gathered of a tool. */
interface ToolParts {
  readonly series: ToolSeries
  readonly breakdowns: ToolBreakdowns
  readonly slowest: SlowestCalls
}

/** What the totals and the series cover, and what the breakdowns do. */
interface Covered {
  readonly totals: UsWindow
  readonly breakdowns: UsWindow
}

function describedAsAsked(query: FilterQuery, nowMs: number): Covered {
  const window = compileWindow(query, nowMs)
  return { totals: window, breakdowns: window }
}

/**
 * Unfiltered, breakdowns are kept as aggregates; scanned, they come with the totals; under a filter that has
 * a marginal for the totals alone they are scanned for apart.
 */
function gatherTool(
  context: ReadContext,
  request: GatherRequest<ToolMarginal>,
  { series, breakdowns, slowest }: ToolParts,
  deadline: Deadline,
): Covered {
  const marginal = chooseMarginal(request.query, TOOL_MARGINALS)
  const isTogether = marginal === null || marginal === 'all'
  const split = (batch: StoredBatch, seq: number) => {
    breakdowns.addBatch(batch)
    slowest.addBatch(batch, seq)
  }
  const gatherer: Gatherer<ToolMarginal> = {
    addStretch: series.addStretch,
    addBatch(batch, seq) {
      series.addBatch(batch, seq)
      if (isTogether) split(batch, seq)
    },
  }
  const totals = gather(context, { ...request, coarsest: series.coarsest }, gatherer, deadline)
  if (marginal === 'all') breakdowns.addCells(totals)
  if (isTogether) return { totals, breakdowns: totals }
  const scanned = { ...request, window: totals, marginals: [] }
  const scanner: Gatherer<never> = { addStretch: () => undefined, addBatch: split }
  return { totals, breakdowns: gather(context, scanned, scanner, deadline) }
}

/** The calls of one tool by step of time. */
interface ToolSeries extends Gatherer<ToolMarginal> {
  readonly coarsest: 'hour' | 'day'
  sum(): ToolStats
  describe(window: UsWindow): ToolDetail['series']
}

function createSeries({ queries, ids }: ReadContext, toolId: number, steps: Steps): ToolSeries {
  const stats = Array.from({ length: steps.end - steps.first }, () => new ToolStats())
  const at = (us: number) => stats[stepOf(steps, us)] as ToolStats
  return {
    coarsest: steps.stepUs % GRAIN_US.day === 0 ? 'day' : 'hour',
    addStretch(marginal, keys, stretch) {
      for (const cell of readToolCells(queries, { marginal, keys, stretch, toolIds: [toolId] })) {
        at(cell.start * GRAIN_US[stretch.grain]).mergeEncoded(cell.stats)
      }
    },
    addBatch(batch: StoredBatch) {
      const step = at(batch.startedAtUs)
      for (const call of batch.calls) {
        if (ids.tool(call.tool) === toolId) step.addCall(call.outcome, call.durationUs)
      }
      addToLedgers(batch, measureBatch(batch), (tool) => (ids.tool(tool) === toolId ? step : null))
    },
    sum() {
      const sum = new ToolStats()
      for (const step of stats) sum.merge(step)
      return sum
    },
    describe: (window) =>
      describeSteps(steps, window, (i) => {
        const step = stats[i] as ToolStats
        const failures = FAILURES.reduce((sum, code) => sum + (step.outcomes[code] ?? 0), 0)
        return { failures, ...describeRow(step) }
      }),
  }
}
