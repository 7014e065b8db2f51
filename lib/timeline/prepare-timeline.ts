import type { BatchDetail, OutcomeCounts } from '#lib/contract/reads.ts'
import { computeIdealSchedule } from '#lib/intervals/ideal-schedule.ts'
import { type BatchMeasures, measureBatch } from '#lib/intervals/measure-batch.ts'
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
  readonly measures: BatchMeasures
  readonly timeline: Timeline
  /** Each call once, as its last attempt ended. */
  readonly outcomes: OutcomeCounts
}

/**
 * Everything that the batch page derives from one answer of the read API. The ideal schedule and all
 * measures are those of `lib/intervals`; nothing is measured here. O(n log n) in the calls.
 */
export function prepareBatch(batch: BatchDetail): PreparedBatch {
  const calls = readCalls(batch.calls)
  const scheduled = {
    calls,
    mode: batch.mode,
    concurrency: batch.concurrency,
    toolCaps: batch.tool_caps === null ? null : new Map(Object.entries(batch.tool_caps)),
  }
  const measures = measureBatch(scheduled)
  const ideal = computeIdealSchedule(scheduled)
  const rows = prepareRows({
    calls,
    idealStartsUs: ideal.startsUs,
    // Spans do not say when the calls were handed over, so nothing can be said about waiting either.
    waiting: computeWaiting(calls, ideal, batch.source !== 'otlp'),
    bands: prepareBands(batch),
    slowestCallId: measures.slowestCallId,
  })
  const timeline = assemble(rows, measures, batch.concurrency)
  return { calls, measures, timeline, outcomes: countOutcomes(rows) }
}

function assemble(rows: readonly CallRow[], measures: BatchMeasures, cap: number | null): Timeline {
  const { firstStartUs, lastEndUs } = measures
  return {
    rows,
    extent: { fromUs: Math.min(0, firstStartUs ?? 0), toUs: lastEndUs ?? 0 },
    endUs: lastEndUs,
    alone: aloneStretch(measures),
    inFlight: prepareSteps(rows.flatMap((row) => row.segments)),
    cap,
  }
}

function aloneStretch({ slowestCallId, blockedUs, lastEndUs }: BatchMeasures): AloneStretch | null {
  if (slowestCallId === null || lastEndUs === null || !blockedUs) return null
  return { key: callKey(slowestCallId), fromUs: lastEndUs - blockedUs, toUs: lastEndUs }
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
