import type { ObservedCall } from '../observation.ts'
import { rounded, type ToolState } from './tool-state.ts'

/*
 * How much a call of X says about why X fails. Calls of one run share a host, a task and what went wrong before;
 * calls of one batch share even more, and in an outage everything fails together. A call that is not independent
 * of one before it counts less, failed or not, so that no single run, batch or bad hour proves a coupling. The
 * weight of a likelihood ratio below 1 leaves its expectation at most 1.
 */

const HOUR_MS = 3_600_000
const WEEK_HOURS = 168
/** The runs remembered in which X failed. A second failure in one counts half, a third a quarter. */
const KEPT_RUNS = 12
/** A call whose batch saw another tool fail counts so much. */
const JOINT_WEIGHT = 0.1
/** So many failures an hour count in full, and so many times what is usual. */
const FREE_FAILURES = 3
const FREE_RATIO = 3

/** Within (0, 1]; remembers the call if it failed. */
export function weigh(
  tool: ToolState,
  calls: readonly ObservedCall[],
  call: ObservedCall,
  moment: { readonly run: number; readonly atMs: number },
): number {
  return (
    weightInRun(tool, moment.run, call.failed) *
    weightInHour(tool, moment.atMs, call.failed) *
    weightInBatch(calls, call)
  )
}

function weightInRun({ failedRuns }: ToolState, run: number, failed: boolean): number {
  const known = failedRuns.length === 0 ? undefined : failedRuns.find(([hash]) => hash === run)
  const weight = known === undefined ? 1 : 0.5 ** known[1]
  if (!failed) return weight
  if (known !== undefined) known[1]++
  else failedRuns.push([run, 1])
  if (failedRuns.length > KEPT_RUNS) failedRuns.shift()
  return weight
}

function weightInHour({ burst }: ToolState, atMs: number, failed: boolean): number {
  const hours = burst.atMs === 0 ? 0 : (atMs - burst.atMs) / HOUR_MS
  const hour = burst.hour * Math.exp(-hours)
  const week = burst.week * Math.exp(-hours / WEEK_HOURS)
  const free = FREE_FAILURES + FREE_RATIO * (week / WEEK_HOURS)
  if (failed) {
    burst.atMs = atMs
    burst.hour = rounded(hour + 1)
    burst.week = rounded(week + 1)
  }
  return hour <= free ? 1 : (free / hour) ** 2
}

function weightInBatch(calls: readonly ObservedCall[], call: ObservedCall): number {
  for (const other of calls) {
    if (other.failed && other.tool !== call.tool) return JOINT_WEIGHT
  }
  return 1
}

/** Beside calls of its own tool a call counts as its share of one: a fan-out fails or succeeds as one. */
export function shareOfFanOut(calls: readonly ObservedCall[], tool: string): number {
  let alike = 0
  for (const call of calls) if (call.tool === tool) alike++
  return 1 / Math.max(1, alike)
}
