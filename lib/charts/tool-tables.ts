import type { ToolDetail } from '#lib/contract/reads.ts'
import { formatWindow } from '#lib/format/time.ts'
import type { PercentileRow } from './breakdown.ts'
import {
  type ChartTable,
  countCell,
  durationCell,
  type TableCell,
  type TableColumn,
  textCell,
} from './table.ts'
import { endOfBin } from './time-axis.ts'

const NUMBER = { isNumber: true } as const
const MS = { ...NUMBER, unit: 'ms' } as const
const PERCENTILES: readonly TableColumn[] = [
  { label: 'Calls', ...NUMBER },
  { label: 'Ran', ...NUMBER },
  { label: 'p50', ...MS },
  { label: 'p95', ...MS },
  { label: 'p99', ...MS },
]

function percentileCells({ calls, n, p50_ms, p95_ms, p99_ms }: PercentileRow): TableCell[] {
  const duration = (ms: number | null) => durationCell(ms, 'none ran')
  return [countCell(calls), countCell(n), duration(p50_ms), duration(p95_ms), duration(p99_ms)]
}

/** A bin of the series on one line, newest first. */
export function tabulateLatency(series: ToolDetail['series'], zone: string, asOfMs: number): ChartTable {
  return {
    caption: 'Latency over time, newest first',
    columns: [{ label: 'Time' }, ...PERCENTILES, { label: 'Failing', ...NUMBER }],
    rows: series
      .toReversed()
      .map((bin) => [
        textCell(formatWindow(bin.from, endOfBin(bin, asOfMs), zone, asOfMs)),
        ...percentileCells(bin),
        countCell(bin.failures),
      ]),
  }
}

/** The stretch that a row of {@link tabulateLatency} stands for. */
export function latencyRowSpan(series: ToolDetail['series'], row: number): { fromMs: number; toMs: number } {
  const bin = series[series.length - 1 - row]
  return { fromMs: bin?.from ?? 0, toMs: bin?.to ?? 0 }
}

/** Percentiles by anything that has a name. */
export function tabulateBreakdown<Row extends PercentileRow>(
  caption: string,
  label: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): ChartTable {
  return {
    caption,
    columns: [{ label }, ...PERCENTILES],
    rows: rows.map((row) => [textCell(nameOf(row)), ...percentileCells(row)]),
  }
}
