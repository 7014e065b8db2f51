import { computePercentile } from '#lib/stats/percentile.ts'
import { timedCalls } from './calls.ts'
import type { MeasuredBatch } from './measures.ts'

/** How long calls of a tool took before an onset, ms; null where none was seen. */
export interface UsualDurations {
  quantile(tool: string, p: number): number | null
}

export function computeUsualDurations(
  batches: readonly MeasuredBatch[],
  isBefore: (measured: MeasuredBatch) => boolean,
): UsualDurations {
  const byTool = new Map<string, number[]>()
  for (const measured of batches) {
    if (!isBefore(measured)) continue
    for (const { call, startUs, endUs } of timedCalls(measured.batch)) {
      const known = byTool.get(call.tool)
      if (known === undefined) byTool.set(call.tool, [(endUs - startUs) / 1000])
      else known.push((endUs - startUs) / 1000)
    }
  }
  for (const durations of byTool.values()) durations.sort((a, b) => a - b)
  return { quantile: (tool, p) => computePercentile(byTool.get(tool) ?? [], p) }
}
