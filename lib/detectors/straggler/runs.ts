import type { Observation } from '../observation.ts'
import { createLoadSums, type LoadSums } from './load.ts'

/** Runs of an agent that were seen last. Calls of one run have a host, a version and data in common. */
export interface Runs {
  recent: Run[]
}

export interface Run {
  readonly id: string
  readonly load: LoadSums
  /** By tool. */
  readonly tools: Record<string, RunTool>
}

export interface RunTool {
  calls: number
  /** Score of the last call. */
  score: number
}

const MAX_RUNS = 6

export function createRuns(): Runs {
  return { recent: [] }
}

/** The run of this batch, from now on the most recent one. */
export function runOf({ recent }: Runs, { runId, hasRun }: Observation): Run {
  const at = recent.findIndex(({ id }) => id === runId)
  const run = recent[at] ?? { id: runId, load: createLoadSums(), tools: {} }
  if (!hasRun) return run
  if (at >= 0) recent.splice(at, 1)
  else if (recent.length >= MAX_RUNS) recent.shift()
  recent.push(run)
  return run
}
