import { type ChartTable, countCell, durationCell, shareCell, textCell } from '#lib/charts/table.ts'
import type { ComparisonMetric, ModeComparison } from '#lib/contract/mode-comparison.ts'

const NAMES: Record<ComparisonMetric['name'], string> = {
  wall: 'wall of a batch with several calls, mean',
  turn: 'time of a turn, mean',
  failing: 'runs in which a call failed',
  tokens: 'tokens of a turn, mean',
}

/** The numbers behind the forest. */
export function prepareComparisonTable({ metrics, arms }: ModeComparison): ChartTable {
  const { parallel, serial } = arms
  const nothing = [textCell(''), textCell(''), textCell('')]
  return {
    caption: 'Parallel against serial runs; differences with 95 % intervals that hold at all times together',
    columns: [
      { label: 'What' },
      { label: 'Parallel', isNumber: true },
      { label: 'Serial', isNumber: true },
      { label: 'Difference', unit: '%', isNumber: true },
      { label: 'From', unit: '%', isNumber: true },
      { label: 'To', unit: '%', isNumber: true },
    ],
    rows: [
      [textCell('runs'), countCell(parallel.runs), countCell(serial.runs), ...nothing],
      [textCell('batches'), countCell(parallel.batches), countCell(serial.batches), ...nothing],
      ...metrics.map((metric) => [
        textCell(NAMES[metric.name]),
        valueCell(metric.name, metric.parallel),
        valueCell(metric.name, metric.serial),
        shareCell(metric.difference, 'too few runs'),
        shareCell(metric.low, ''),
        shareCell(metric.high, ''),
      ]),
      [
        textCell('wall, p50 of batches'),
        durationCell(parallel.wall_p50_ms),
        durationCell(serial.wall_p50_ms),
        ...nothing,
      ],
      [
        textCell('wall, p95 of batches'),
        durationCell(parallel.wall_p95_ms),
        durationCell(serial.wall_p95_ms),
        ...nothing,
      ],
    ],
  }
}

function valueCell(name: ComparisonMetric['name'], value: number | null) {
  if (value === null) return { text: 'unknown', raw: '' }
  if (name === 'failing') return shareCell(value)
  return name === 'tokens' ? countCell(value) : durationCell(value)
}
