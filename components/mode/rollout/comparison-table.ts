import {
  type ChartTable,
  countCell,
  durationCell,
  shareCell,
  type TableCell,
  textCell,
} from '#lib/charts/table.ts'
import type { ComparisonMetric, ModeComparison } from '#lib/contract/mode-comparison.ts'
import { MINUS } from '#lib/format/duration.ts'
import { formatPercentPart } from '#lib/format/number.ts'

const NAMES: Record<ComparisonMetric['name'], string> = {
  wall: 'batch wall',
  turn: 'turn',
  failing: 'failing runs',
  tokens: 'tokens a turn',
}

/** The numbers behind the forest. */
export function prepareComparisonTable({ metrics, arms }: ModeComparison): ChartTable {
  const { parallel, serial } = arms
  const nothing = [textCell(''), textCell(''), textCell('')]
  return {
    caption:
      'Parallel against serial runs: means over runs, p50 and p95 over batches; differences with 95 % intervals that hold at all times together',
    columns: [
      { label: 'What' },
      { label: 'Parallel', isNumber: true },
      { label: 'Serial', isNumber: true },
      { label: 'Difference', unit: '% or points', isNumber: true },
      { label: 'From', unit: '% or points', isNumber: true },
      { label: 'To', unit: '% or points', isNumber: true },
    ],
    rows: [
      [textCell('runs'), countCell(parallel.runs), countCell(serial.runs), ...nothing],
      [textCell('batches'), countCell(parallel.batches), countCell(serial.batches), ...nothing],
      ...metrics.map((metric) => [
        textCell(NAMES[metric.name]),
        valueCell(metric.name, metric.parallel),
        valueCell(metric.name, metric.serial),
        changeCell(metric, metric.difference, 'too few runs'),
        changeCell(metric, metric.low, ''),
        changeCell(metric, metric.high, ''),
      ]),
      [
        textCell('wall p50'),
        durationCell(parallel.wall_p50_ms),
        durationCell(serial.wall_p50_ms),
        ...nothing,
      ],
      [
        textCell('wall p95'),
        durationCell(parallel.wall_p95_ms),
        durationCell(serial.wall_p95_ms),
        ...nothing,
      ],
    ],
  }
}

/** With its direction, as in the drawing; a difference of shares is in points. */
function changeCell({ unit }: ComparisonMetric, share: number | null, none: string): TableCell {
  if (share === null) return { text: none, raw: '' }
  const { value } = formatPercentPart(Math.abs(share))
  return { text: `${share < 0 ? MINUS : '+'}${value} ${unit === 'points' ? 'pt' : '%'}`, raw: share * 100 }
}

function valueCell(name: ComparisonMetric['name'], value: number | null) {
  if (value === null) return { text: 'unknown', raw: '' }
  if (name === 'failing') return shareCell(value)
  return name === 'tokens' ? countCell(value) : durationCell(value)
}
