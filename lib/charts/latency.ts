import type { ToolDetail } from '#lib/contract/reads.ts'
import { endOfBin, type TimeSpan } from './time-axis.ts'
import { prepareDurationAxis, type ValueAxis } from './value-axis.ts'

/** One bin of a latency series; null percentiles where no call ran. */
export interface LatencyPoint extends TimeSpan {
  /** The middle of the bin, where its point is drawn. */
  readonly atMs: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Both edges of the p50-p95 band; null where there is no band. */
  readonly band: readonly [number, number] | null
  readonly n: number
  readonly calls: number
  readonly failures: number
  readonly lowSample: boolean
}

export interface LatencyModel {
  readonly points: readonly LatencyPoint[]
  /** Null when the series is empty. */
  readonly span: TimeSpan | null
  readonly axis: ValueAxis
  readonly peakCalls: number
  readonly stepMs: number
  /** The last point that has a value. */
  readonly latest: LatencyPoint | null
}

/**
 * Latency over time. A bin without calls stays a gap: the series is never bridged. Where the window has no
 * beginning it begins with the tool's first call. `asOfMs` is the time of the answer.
 */
export function prepareLatency(
  series: ToolDetail['series'],
  { asOfMs, isOpen }: { readonly asOfMs: number; readonly isOpen: boolean },
): LatencyModel {
  const firstCalled = isOpen ? series.findIndex((bin) => bin.calls > 0) : 0
  const points = series.slice(Math.max(0, firstCalled)).map((bin): LatencyPoint => {
    const toMs = endOfBin(bin, asOfMs)
    return {
      fromMs: bin.from,
      toMs,
      atMs: (bin.from + toMs) / 2,
      p50Ms: bin.p50_ms,
      p95Ms: bin.p95_ms,
      p99Ms: bin.p99_ms,
      band: bin.p50_ms === null || bin.p95_ms === null ? null : [bin.p50_ms, bin.p95_ms],
      n: bin.n,
      calls: bin.calls,
      failures: bin.failures,
      lowSample: bin.low_sample,
    }
  })
  const first = points[0]
  const last = points.at(-1)
  return {
    points,
    span: first === undefined || last === undefined ? null : { fromMs: first.fromMs, toMs: last.toMs },
    axis: prepareDurationAxis(Math.max(0, ...points.map((point) => point.p95Ms ?? point.p50Ms ?? 0)), 5),
    peakCalls: Math.max(0, ...points.map((point) => point.calls)),
    stepMs: Math.max(0, ...points.map((point) => point.toMs - point.fromMs)),
    latest: points.findLast((point) => point.p50Ms !== null) ?? null,
  }
}
