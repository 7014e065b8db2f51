import type { EmittedSeries } from '#lib/contract/coupling.ts'
import { formatDateTime } from '#lib/format/time.ts'
import { prepareSparkline, type Sparkline } from './sparkline.ts'
import { type ChartTable, countCell, textCell } from './table.ts'

/** Calls that one model emitted a turn, as a line and in numbers. */
export interface EmittedRow {
  readonly model: string
  readonly turns: number
  readonly sparkline: Sparkline
  /** Means over the first and the last quarter of the steps that have turns. */
  readonly first: number | null
  readonly last: number | null
}

/** Every line has the same scale, from one call a turn up, so that lines can be compared. */
export function prepareEmitted(emitted: readonly EmittedSeries[]): EmittedRow[] {
  const highest = Math.max(
    2,
    ...emitted.flatMap(({ series }) => series.map(({ calls_per_turn }) => calls_per_turn ?? 0)),
  )
  return emitted.map(({ model, series }) => {
    const points = series.map(({ from, to, calls_per_turn }) => ({
      fromMs: from,
      toMs: to,
      value: calls_per_turn,
    }))
    const span = { fromMs: series[0]?.from ?? 0, toMs: series.at(-1)?.to ?? 0 }
    const measured = series.filter(({ turns }) => turns > 0)
    const quarter = Math.max(1, Math.floor(measured.length / 4))
    return {
      model: model ?? 'unknown',
      turns: series.reduce((sum, { turns }) => sum + turns, 0),
      sparkline: prepareSparkline(points, [], span, {
        floor: 1,
        ceiling: highest,
        minSpan: highest - 1,
        fromFloor: true,
      }),
      first: meanOf(measured.slice(0, quarter)),
      last: meanOf(measured.slice(-quarter)),
    }
  })
}

function meanOf(series: EmittedSeries['series']): number | null {
  const turns = series.reduce((sum, bin) => sum + bin.turns, 0)
  const calls = series.reduce((sum, bin) => sum + bin.turns * (bin.calls_per_turn ?? 0), 0)
  return turns === 0 ? null : calls / turns
}

/** The same as a table: a row a step, a column a model. */
export function tabulateEmitted(emitted: readonly EmittedSeries[], zone: string): ChartTable {
  const steps = emitted[0]?.series ?? []
  const nowMs = steps.at(-1)?.to ?? 0
  return {
    caption: 'Calls emitted a turn, by model',
    columns: [
      { label: 'From' },
      ...emitted.flatMap(({ model }) => [
        { label: model ?? 'unknown', isNumber: true },
        { label: `${model ?? 'unknown'}, turns`, isNumber: true },
      ]),
    ],
    rows: steps.map(({ from }, step) => [
      textCell(formatDateTime(from, zone, nowMs)),
      ...emitted.flatMap(({ series }) => {
        const { calls_per_turn: calls = null, turns = 0 } = series[step] ?? {}
        return [
          calls === null ? { text: 'none', raw: '' } : { text: calls.toFixed(2), raw: calls },
          countCell(turns),
        ]
      }),
    ]),
  }
}
