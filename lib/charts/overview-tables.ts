import type { BatchSizes, Overview } from '#lib/contract/reads.ts'
import { formatWindow } from '#lib/format/time.ts'
import type { CountModel } from './by-count.ts'
import { type ChartTable, countCell, durationCell, shareCell, textCell } from './table.ts'
import { endOfBin } from './time-axis.ts'
import type { TurnBar } from './turn-time.ts'

const NUMBER = { isNumber: true } as const
const MS = { ...NUMBER, unit: 'ms' } as const
const SHARE = { ...NUMBER, unit: '%' } as const

/** A bin of the series on one line: the parts of its mean turn and every headline figure. */
export function tabulateOverview(
  { series, last_week_series: lastWeek }: Overview,
  zone: string,
  asOfMs: number,
): ChartTable {
  const weekAgo = new Map(lastWeek.map((bin) => [bin.from + WEEK_MS, bin]))
  return {
    caption: 'Time of a turn and the headline figures, newest first',
    columns: [
      { label: 'Time' },
      { label: 'Turns', ...NUMBER },
      { label: 'Model', ...MS },
      { label: 'Waiting', ...MS },
      { label: 'Tools', ...MS },
      { label: 'Idle', ...MS },
      { label: 'Efficiency', ...SHARE },
      { label: 'Eff. last week', ...SHARE },
      { label: 'Saved at most', ...MS },
      { label: 'Wall p95', ...MS },
      { label: 'p95 last week', ...MS },
      { label: 'Failing', ...SHARE },
    ],
    rows: series.toReversed().map((bin) => {
      const before = weekAgo.get(bin.from)
      const mean = (ms: number) => durationCell(bin.turns === 0 ? null : ms / bin.turns)
      return [
        textCell(formatWindow(bin.from, endOfBin(bin, asOfMs), zone, asOfMs)),
        countCell(bin.turns),
        mean(bin.model_ms),
        mean(bin.waiting_ms),
        mean(bin.exposed_ms),
        mean(bin.idle_ms),
        shareCell(bin.overlap_efficiency, 'not defined'),
        shareCell(before?.overlap_efficiency ?? null),
        durationCell(bin.batches === 0 ? null : bin.saved_ms),
        durationCell(bin.wall_p95_ms),
        durationCell(before?.wall_p95_ms ?? null),
        shareCell(bin.calls === 0 ? null : bin.failures / bin.calls, 'no calls'),
      ]
    }),
  }
}

const WEEK_MS = 7 * 86_400_000

/** The stretch that a row of {@link tabulateOverview} stands for. */
export function overviewRowSpan({ series }: Overview, row: number): Pick<TurnBar, 'fromMs' | 'toMs'> {
  const bin = series[series.length - 1 - row]
  return { fromMs: bin?.from ?? 0, toMs: bin?.to ?? 0 }
}

export function tabulateSizes({ sizes }: BatchSizes): ChartTable {
  return {
    caption: 'Wall time of batches by the number of their calls',
    columns: [
      { label: 'Calls', ...NUMBER },
      { label: 'Batches', ...NUMBER },
      { label: 'p50', ...MS },
      { label: 'p95', ...MS },
      { label: 'p99', ...MS },
    ],
    rows: sizes.map((size) => [
      countCell(size.size),
      countCell(size.batches),
      durationCell(size.p50_ms, 'none ran'),
      durationCell(size.p95_ms, 'none ran'),
      durationCell(size.p99_ms, 'none ran'),
    ]),
  }
}

/** The p50 wall of small and of large batches. */
export interface SizeGrowth {
  readonly fromSize: number
  readonly fromMs: number
  readonly toSize: number
  readonly toMs: number
}

/** Of the smallest and the largest size of two calls or more that are no low sample; null without two. */
export function compareSizes({ points }: Pick<CountModel, 'points'>): SizeGrowth | null {
  const known = points.flatMap(({ count, p50Ms, lowSample }) =>
    count >= 2 && !lowSample && p50Ms !== null ? [{ count, p50Ms }] : [],
  )
  const first = known[0]
  const last = known.at(-1)
  if (first === undefined || last === undefined || first === last) return null
  return { fromSize: first.count, fromMs: first.p50Ms, toSize: last.count, toMs: last.p50Ms }
}
