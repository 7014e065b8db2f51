import type { BatchDetail, OutcomeCounts } from '#lib/contract/reads.ts'
import type { IgnoredDependency } from '#lib/intervals/dependencies.ts'
import { computeIdealSchedule } from '#lib/intervals/ideal-schedule.ts'
import { computeWaiting } from '#lib/intervals/waiting.ts'
import type { Call } from '#lib/model/batch.ts'
import { countOutcomes } from './count-outcomes.ts'
import type { AloneStretch, Band, CallRow, Timeline } from './model.ts'
import { callKey, prepareRows } from './prepare-rows.ts'
import { readCalls } from './read-calls.ts'
import { prepareSteps } from './steps.ts'

/** A batch ready to be drawn and told about. */
export interface PreparedBatch {
  readonly calls: readonly Call[]
  /** Recorded calls, attempts included, that ran. */
  readonly ran: number
  readonly ignoredDependencies: readonly IgnoredDependency[]
  readonly timeline: Timeline
  /** Each call once, as its last attempt ended. */
  readonly outcomes: OutcomeCounts
}

/**
 * What the batch page needs beyond one answer of the read API. What the answer says already (the slowest
 * sibling, its time alone) is taken from there; the ideal schedule is that of `lib/intervals`. O(n log n).
 */
export function prepareBatch(batch: BatchDetail): PreparedBatch {
  const calls = readCalls(batch.calls)
  const ideal = computeIdealSchedule({
    calls,
    mode: batch.mode,
    concurrency: batch.concurrency,
    toolCaps: batch.tool_caps === null ? null : new Map(Object.entries(batch.tool_caps)),
  })
  const rows = prepareRows({
    calls,
    idealStartsUs: ideal.startsUs,
    // Spans do not say when the calls were handed over, so nothing can be said about waiting either.
    waiting: computeWaiting(calls, ideal, batch.source !== 'otlp'),
    bands: prepareBands(batch),
    slowestCallId: batch.slowest_call_id,
  })
  return {
    calls,
    ran: rows.reduce((sum, row) => sum + row.segments.length, 0),
    ignoredDependencies: ideal.ignoredDependencies,
    timeline: assemble(rows, batch),
    outcomes: countOutcomes(rows),
  }
}

function assemble(rows: readonly CallRow[], batch: BatchDetail): Timeline {
  let fromUs = 0
  let endUs: number | null = null
  for (const row of rows) {
    if (row.startUs === null || row.endUs === null) continue
    fromUs = Math.min(fromUs, row.startUs)
    endUs = Math.max(endUs ?? row.endUs, row.endUs)
  }
  return {
    rows,
    extent: { fromUs, toUs: endUs ?? 0 },
    endUs,
    alone: aloneStretch(batch, endUs),
    inFlight: prepareSteps(rows.flatMap((row) => row.segments)),
    cap: batch.concurrency,
  }
}

function aloneStretch(
  { slowest_call_id, blocked_ms }: BatchDetail,
  endUs: number | null,
): AloneStretch | null {
  if (slowest_call_id === null || endUs === null || !blocked_ms) return null
  return { key: callKey(slowest_call_id), fromUs: endUs - Math.round(blocked_ms * 1000), toUs: endUs }
}

function prepareBands(batch: BatchDetail): ReadonlyMap<string, Band> {
  const bands = new Map<string, Band>()
  for (const { tool, p50_ms, p95_ms, low_sample } of batch.context.tools) {
    // A band of a handful of calls is those calls again, this one among them.
    if (p50_ms === null || p95_ms === null || low_sample) continue
    bands.set(tool, { p50Us: p50_ms * 1000, p95Us: p95_ms * 1000 })
  }
  return bands
}
