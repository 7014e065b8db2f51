import type { ToolDetail } from '#lib/contract/reads.ts'
import type { TimeSpan } from './time-axis.ts'
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
  /** No neighbour has a value: a line would not show it. */
  readonly isIsolated: boolean
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

/** Latency over time. A bin without calls stays a gap: the series is never bridged. */
export function prepareLatency(series: ToolDetail['series']): LatencyModel {
  const points = series.map((bin, index): LatencyPoint => {
    const isMeasured = (other: (typeof series)[number] | undefined) => other !== undefined && other.n > 0
    return {
      fromMs: bin.from,
      toMs: bin.to,
      atMs: (bin.from + bin.to) / 2,
      p50Ms: bin.p50_ms,
      p95Ms: bin.p95_ms,
      p99Ms: bin.p99_ms,
      band: bin.p50_ms === null || bin.p95_ms === null ? null : [bin.p50_ms, bin.p95_ms],
      n: bin.n,
      calls: bin.calls,
      failures: bin.failures,
      lowSample: bin.low_sample,
      isIsolated: isMeasured(bin) && !isMeasured(series[index - 1]) && !isMeasured(series[index + 1]),
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
