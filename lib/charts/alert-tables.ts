import { formatEffectValue } from '#lib/alerts/words.ts'
import type { Alert, EffectSize, SamplePoint } from '#lib/contract/alerts.ts'
import { formatThreeDigits } from '#lib/format/duration.ts'
import { formatDateTime } from '#lib/format/time.ts'
import { type ChartTable, type TableCell, textCell } from './table.ts'

/** The statistic behind an alert, a row a point. */
export function tabulateEvidence({ evidence }: Alert, zone: string, nowMs: number): ChartTable {
  return {
    caption: 'Evidence over time',
    columns: [{ label: 'At' }, { label: 'Evidence', unit: 'nats', isNumber: true }],
    rows: evidence.statistic.trail.map(({ at, value }) => [
      { text: formatDateTime(at, zone, nowMs), raw: new Date(at).toISOString() },
      { text: formatThreeDigits(value), raw: value },
    ]),
  }
}

/** Every batch of the two samples, oldest first. */
export function tabulateSamples(
  before: readonly SamplePoint[],
  after: readonly SamplePoint[],
  effect: EffectSize,
  zone: string,
  nowMs: number,
): ChartTable {
  const rowsOf = (samples: readonly SamplePoint[], side: string): TableCell[][] =>
    samples.map((sample) => [
      textCell(sample.batch_id),
      {
        text: formatDateTime(sample.started_at, zone, nowMs),
        raw: new Date(sample.started_at).toISOString(),
      },
      textCell(side),
      { text: formatEffectValue(effect, sample.value), raw: sample.value },
    ])
  return {
    caption: `${effect.measure}, before and after`,
    columns: [
      { label: 'Batch' },
      { label: 'Started' },
      { label: 'Sample' },
      { label: effect.measure, ...(effect.unit === 'ms' ? { unit: 'ms' } : {}), isNumber: true },
    ],
    rows: [...rowsOf(before, 'before'), ...rowsOf(after, 'after')],
  }
}
