import type { EffectSize, SamplePoint } from '#lib/contract/alerts.ts'
import { prepareValueAxis } from './distribution.ts'
import type { TimeSpan } from './time-axis.ts'
import type { ValueTick } from './value-axis.ts'

/** One batch of a sample on its time axis. */
export interface PlacedSample {
  readonly batchId: string
  readonly atMs: number
  readonly value: number
  /** What is drawn: values beyond the axis stand on its end. */
  readonly shown: number
  readonly isAfter: boolean
}

export interface SamplesModel {
  readonly points: readonly PlacedSample[]
  /** Of before, not shown because they are older. */
  readonly leftOut: number
  readonly span: TimeSpan
  readonly max: number
  readonly ticks: readonly ValueTick[]
}

const AIR = 0.03
const LEAST_SPAN_MS = 60_000
/** What comes after has a quarter of the width at least, and this many stand before it at least. */
const LEAD = 3
const LEAST_BEFORE = 16

/**
 * Both samples over time, oldest first; null when both are empty. Of a long time before only its end is shown:
 * hours of it would press what came after into a line.
 */
export function prepareSamples(
  before: readonly SamplePoint[],
  after: readonly SamplePoint[],
  unit: EffectSize['unit'],
): SamplesModel | null {
  const recent = keepRecent(before, after)
  const all = [
    ...recent.map((sample) => ({ sample, isAfter: false })),
    ...after.map((sample) => ({ sample, isAfter: true })),
  ].sort((a, b) => a.sample.started_at - b.sample.started_at)
  const [first] = all
  const last = all.at(-1)
  if (first === undefined || last === undefined) return null
  const axis = prepareValueAxis(
    all.map(({ sample }) => sample.value),
    unit,
  )
  const lengthMs = Math.max(LEAST_SPAN_MS, last.sample.started_at - first.sample.started_at)
  return {
    leftOut: before.length - recent.length,
    points: all.map(({ sample, isAfter }) => ({
      batchId: sample.batch_id,
      atMs: sample.started_at,
      value: sample.value,
      shown: Math.min(axis.max, Math.max(0, sample.value)),
      isAfter,
    })),
    span: {
      fromMs: first.sample.started_at - AIR * lengthMs,
      toMs: last.sample.started_at + AIR * lengthMs,
    },
    max: axis.max,
    ticks: axis.ticks,
  }
}

function keepRecent(before: readonly SamplePoint[], after: readonly SamplePoint[]): readonly SamplePoint[] {
  const times = after.map((sample) => sample.started_at)
  if (times.length === 0) return before
  const firstMs = Math.min(...times)
  const fromMs = firstMs - LEAD * Math.max(LEAST_SPAN_MS, Math.max(...times) - firstMs)
  const sorted = before.toSorted((a, b) => a.started_at - b.started_at)
  const kept = sorted.filter((sample) => sample.started_at >= fromMs)
  return kept.length >= LEAST_BEFORE ? kept : sorted.slice(-LEAST_BEFORE)
}
