import type { Coupling } from '#lib/contract/coupling.ts'
import type { CouplingQuery } from '#lib/contract/query.ts'
import { BATCH_MARGINALS, GRAIN_US } from '#lib/stats/marginals.ts'
import type { ReadContext } from './context.ts'
import { type GatherRequest, planGather } from './gather.ts'
import { gatherHours } from './gather-steps.ts'
import { listFacets } from './list-facets.ts'
import { chooseSteps, describeSteps } from './steps.ts'
import { closeWindow } from './time-bounds.ts'

/** Lines that a chart can tell apart. */
const MAX_MODELS = 6
const MAX_STEPS = 40

/** How many calls each of the most used models emitted a turn, over time. */
export function listEmitted(context: ReadContext, query: CouplingQuery, nowMs: number): Coupling['emitted'] {
  const { agent, environment, ...window } = query
  const { models } = listFacets(context, window, nowMs)
  return models.slice(0, MAX_MODELS).flatMap((model) => {
    const request = planGather(context, { ...query, model: [model] }, nowMs, BATCH_MARGINALS)
    const series = request === null ? [] : describeEmitted(context, request, nowMs)
    return series.some(({ turns }) => turns > 0) ? [{ model, series }] : []
  })
}

function describeEmitted(
  context: ReadContext,
  request: GatherRequest<(typeof BATCH_MARGINALS)[number]>,
  nowMs: number,
): Coupling['emitted'][number]['series'] {
  const { fromUs, toUs } = closeWindow(context, request.window, nowMs)
  const steps = chooseSteps(fromUs, toUs, MAX_STEPS, GRAIN_US.hour)
  const { stats, covered } = gatherHours(context, request, steps, context.startDeadline())
  return describeSteps(steps, covered, (step) => {
    const { batches = 0, calls = 0 } = stats[step] ?? {}
    return { turns: batches, calls_per_turn: batches === 0 ? null : calls / batches }
  })
}
