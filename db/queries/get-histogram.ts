import type { FilterQuery } from '#lib/contract/query.ts'
import type { BatchHistogram } from '#lib/contract/reads.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { BATCH_MARGINALS, type BatchMarginal, GRAIN_US } from '#lib/stats/marginals.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { compileWindow, type UsWindow } from './filter.ts'
import { type GatherRequest, planGather } from './gather.ts'
import { gatherHours } from './gather-steps.ts'
import { chooseMarginal } from './marginal-choice.ts'
import type { Hit } from './scan.ts'
import { chooseSteps, describeSteps, type Steps, stepOf } from './steps.ts'
import { closeWindow, type Span } from './time-bounds.ts'
import { describeCoverage } from './tool-facts.ts'
import { holdsAtMost, walkNewestFirst } from './walk.ts'

const MAX_BINS = 96
/** Rows that can be counted one by one in a time box. */
const FINE_ROWS = 15_000
const FAILING_MASK = (1 << OUTCOMES.indexOf('error')) | (1 << OUTCOMES.indexOf('timeout'))

interface Binned {
  readonly steps: Steps
  readonly batches: readonly number[]
  readonly failing: readonly number[]
  readonly covered: UsWindow
}

/**
 * Batches in equal steps of time. In steps finer than the hour, and under filters that no marginal covers,
 * they are counted in the log, newest first, as far as the time goes.
 */
export function getHistogram(context: ReadContext, query: FilterQuery, nowMs: number): BatchHistogram {
  const request = planGather(context, query, nowMs, BATCH_MARGINALS)
  const span = closeWindow(context, compileWindow(query, nowMs), nowMs)
  const binned = request ? count(context, request, span) : countNothing(span, compileWindow(query, nowMs))
  const { steps, batches, failing, covered } = binned
  return {
    step_ms: steps.stepUs / 1000,
    bins: describeSteps(steps, covered, (i) => ({ batches: batches[i] ?? 0, failing: failing[i] ?? 0 })),
    total: batches.reduce((sum, bin) => sum + bin, 0),
    ...describeCoverage(covered),
  }
}

function count(context: ReadContext, request: GatherRequest<BatchMarginal>, { fromUs, toUs }: Span): Binned {
  const deadline = context.startDeadline()
  const steps = chooseSteps(fromUs, toUs, MAX_BINS)
  if (chooseMarginal(request.query, BATCH_MARGINALS) === null)
    return countRows(context, request, steps, deadline)
  if (steps.stepUs < GRAIN_US.hour && holdsAtMost(context, request.window, FINE_ROWS)) {
    const fine = countRows(context, request, steps, deadline)
    if (fine.covered === request.window) return fine
  }
  const hours = chooseSteps(fromUs, toUs, MAX_BINS, GRAIN_US.hour)
  const { stats, covered } = gatherHours(context, request, hours, deadline)
  return {
    steps: hours,
    batches: stats.map((step) => step.batches),
    failing: stats.map((step) => step.failingBatches),
    covered,
  }
}

function countRows(
  context: ReadContext,
  { filter, window }: GatherRequest<BatchMarginal>,
  steps: Steps,
  deadline: Deadline,
): Binned {
  const batches = new Array<number>(steps.end - steps.first).fill(0)
  const failing = [...batches]
  const cutUs = walkNewestFirst(context, filter, deadline, (hit: Hit) => {
    const bin = stepOf(steps, hit.startedAtUs)
    batches[bin] = (batches[bin] ?? 0) + 1
    if (hit.outcomeMask & FAILING_MASK) failing[bin] = (failing[bin] ?? 0) + 1
  })
  return { steps, batches, failing, covered: cutUs === null ? window : { ...window, fromUs: cutUs } }
}

function countNothing({ fromUs, toUs }: Span, covered: UsWindow): Binned {
  return { steps: chooseSteps(fromUs, toUs, MAX_BINS), batches: [], failing: [], covered }
}
