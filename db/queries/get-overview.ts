import type { FilterQuery } from '#lib/contract/query.ts'
import type { Overview } from '#lib/contract/reads.ts'
import { BatchStats } from '#lib/stats/batch-stats.ts'
import { BATCH_MARGINALS, type BatchMarginal, GRAIN_US } from '#lib/stats/marginals.ts'
import { describeSums, describeTurnTime } from './batch-facts.ts'
import type { ReadContext } from './context.ts'
import { readCounters } from './counters.ts'
import { nearestHours } from './coverage.ts'
import { compileWindow, type UsWindow } from './filter.ts'
import { type GatherRequest, planGather } from './gather.ts'
import { gatherFine, gatherHours, type SteppedStats, sumSteps } from './gather-steps.ts'
import { chooseSteps, describeSteps, gridOver, holdsHours } from './steps.ts'
import { closeWindow, type Span } from './time-bounds.ts'
import { describeCoverage } from './tool-facts.ts'

const MAX_STEPS = 60
const WEEK_US = 7 * GRAIN_US.day
/** Windows up to this long are drawn in steps finer than the hour, where the log can be read for it. */
const FINE_WINDOW_US = 3 * GRAIN_US.hour

/** A week before may be longer or shorter than what it is compared with by this share. */
const UNEVENNESS = 0.05

/**
 * Figures of a window beside those of the same window a week earlier. That is null without a lower bound,
 * when nothing was recorded then, and when time did not suffice to cover both to within 5 % of their length.
 */
export function getOverview(context: ReadContext, query: FilterQuery, nowMs: number): Overview {
  const request = planGather(context, query, nowMs, BATCH_MARGINALS)
  const now = request && gatherWindow(context, request, nowMs)
  const isCut = now !== null && (now.covered.fromUs ?? 0) > (request?.window.fromUs ?? 0)
  const then = request && now && !isCut ? gatherWeekBefore(context, request, now, nowMs) : null
  const sum = now ? sumSteps(now) : new BatchStats()
  const counted = readCounters(context)
  return {
    now: describeSums(sum),
    last_week: then ? describeSums(sumSteps(then)) : null,
    series: now
      ? describeSeries(now, (stats) => ({ ...describeSums(stats), ...describeTurnTime(stats) }))
      : [],
    last_week_series: then ? describeSeries(then, describeSums) : [],
    completeness: {
      emitted: sum.emitted,
      recorded: sum.recordedOfEmitted,
      duplicates: counted('duplicates'),
      conflicts: counted('conflicts'),
      rejected: counted('rejected'),
    },
    ...describeCoverage(now?.covered ?? compileWindow(query, nowMs)),
  }
}

/** In fine steps where the window is short and its batches few, else in steps of hours and more. */
function gatherWindow(
  context: ReadContext,
  request: GatherRequest<BatchMarginal>,
  nowMs: number,
): SteppedStats {
  const { fromUs, toUs } = closeWindow(context, request.window, nowMs)
  const deadline = context.startDeadline()
  const isShort = toUs - fromUs <= FINE_WINDOW_US
  const fine = isShort ? gatherFine(context, request, chooseSteps(fromUs, toUs, MAX_STEPS), deadline) : null
  return fine ?? gatherHours(context, request, chooseSteps(fromUs, toUs, MAX_STEPS, GRAIN_US.hour), deadline)
}

/** The same stretch of time a week earlier in the same steps, so that the two can be laid over each other. */
function gatherWeekBefore(
  context: ReadContext,
  request: GatherRequest<BatchMarginal>,
  { covered, steps }: SteppedStats,
  nowMs: number,
): SteppedStats | null {
  if (covered.fromUs === null) return null
  const fromUs = covered.fromUs - WEEK_US
  const window = { fromUs, toUs: Math.max(fromUs, (covered.toUs ?? Math.round(nowMs * 1000)) - WEEK_US) }
  const deadline = context.startDeadline()
  const gatherIn = (week: Span): SteppedStats | null => {
    const then = { ...request, window: week }
    const grid = gridOver(week.fromUs, week.toUs, steps.stepUs)
    return holdsHours(steps)
      ? gatherHours(context, then, grid, deadline)
      : gatherFine(context, then, grid, deadline)
  }
  const exact = gatherIn(window)
  if (exact === null || isAlike(exact.covered, window)) return exact && orNothing(exact)
  // Its edges hold too much to be read: in a long window an hour more or less at its ends changes little.
  const rounded = nearestHours(window) as Span
  if (!isAlike(rounded, window)) return null
  const nearly = gatherIn(rounded)
  return nearly !== null && isAlike(nearly.covered, window) ? orNothing(nearly) : null
}

function isAlike({ fromUs, toUs }: UsWindow, window: Span): boolean {
  if (fromUs === null || toUs === null) return false
  const lengthUs = window.toUs - window.fromUs
  return Math.abs(fromUs - window.fromUs) + Math.abs(toUs - window.toUs) <= lengthUs * UNEVENNESS
}

function orNothing(then: SteppedStats): SteppedStats | null {
  return sumSteps(then).isEmpty() ? null : then
}

function describeSeries<T>({ steps, stats, covered }: SteppedStats, describe: (stats: BatchStats) => T) {
  return describeSteps(steps, covered, (step) => describe(stats[step] as BatchStats))
}
