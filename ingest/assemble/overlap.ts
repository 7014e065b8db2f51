import type { Lane } from './lanes.ts'
import type { Leftover } from './match.ts'
import { CLOCK_US } from './same-call.ts'
import type { ToolRun } from './tool-runs.ts'

/** Tools that ran at the same time in one lane. */
export interface Cluster {
  readonly lane: Lane
  readonly runs: readonly ToolRun[]
}

/** Without any model call only what ran at the same time can be said to belong together. */
export function clusterByOverlap(leftovers: readonly Leftover[]): Cluster[] {
  const open = new Map<string, { lane: Lane; runs: ToolRun[]; endUs: number; lastStartUs: number }>()
  const clusters: Cluster[] = []
  for (const { run, lane } of leftovers) {
    const { startUs, endUs } = run.span
    const current = open.get(lane.id)
    // A start may be told up to a millisecond early, so touching is no overlap; starting together is.
    if (current && (startUs < current.endUs - CLOCK_US || startUs - current.lastStartUs < CLOCK_US)) {
      current.runs.push(run)
      current.endUs = Math.max(current.endUs, endUs)
      current.lastStartUs = startUs
      continue
    }
    const next = { lane, runs: [run], endUs, lastStartUs: startUs }
    open.set(lane.id, next)
    clusters.push(next)
  }
  return clusters
}
