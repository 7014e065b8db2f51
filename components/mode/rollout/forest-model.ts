import type { ComparisonMetric } from '#lib/contract/mode-comparison.ts'
import { formatDuration, MINUS } from '#lib/format/duration.ts'
import { formatCount, formatPercent } from '#lib/format/number.ts'

/** One metric as a row: a mark and its interval on an axis on which the middle is no difference. */
export interface ForestRow {
  readonly name: ComparisonMetric['name']
  readonly label: string
  /** What the arms come to: `412 ms against 690 ms`. */
  readonly values: string
  readonly difference: string
  readonly interval: string
  /** Places on the axis, 0 to 1; null while there are too few runs. */
  readonly mark: { readonly at: number; readonly low: number; readonly high: number } | null
  /** The interval excludes no difference. */
  readonly isShown: boolean
}

const LABELS: Record<ComparisonMetric['name'], string> = {
  wall: 'Batch wall',
  turn: 'Time of a turn',
  failing: 'Failing runs',
  tokens: 'Tokens of a turn',
}
/** The axis is at least this wide to each side, so that small differences look small. */
const LEAST_REACH = { percent: 0.1, points: 0.02 } as const

/** Rows of one unit share an axis, so that they can be compared by eye. */
export function prepareForest(metrics: readonly ComparisonMetric[]): ForestRow[] {
  const reachOf = (unit: ComparisonMetric['unit']) =>
    Math.max(
      LEAST_REACH[unit],
      ...metrics
        .filter((metric) => metric.unit === unit)
        .map(({ difference, low, high }) => {
          const ends = [low, high, difference].map((value) => Math.abs(value ?? 0))
          return Math.min(Math.max(...ends), 1)
        }),
    )
  return metrics.map((metric) => {
    const { name, difference, low, high, unit } = metric
    const reach = reachOf(unit)
    const place = (value: number) => Math.min(1, Math.max(0, 0.5 + value / reach / 2))
    const isKnown = difference !== null && low !== null && high !== null
    return {
      name,
      label: LABELS[name],
      values: describeValues(metric),
      difference: isKnown
        ? `${formatSigned(difference)}${unit === 'percent' ? ' %' : ' pt'}`
        : 'too few runs',
      interval: isKnown ? `${formatSigned(low)} to ${formatSigned(high)}` : '',
      mark: isKnown ? { at: place(difference), low: place(low), high: place(high) } : null,
      isShown: isKnown && (low > 0 || high < 0),
    }
  })
}

function describeValues({ name, parallel, serial }: ComparisonMetric): string {
  if (parallel === null || serial === null)
    return parallel === null && serial === null ? 'unknown' : 'one arm alone'
  const format = (value: number) => {
    if (name === 'failing') return formatPercent(value)
    return name === 'tokens' ? formatCount(value) : formatDuration(value)
  }
  return `${format(parallel)} against ${format(serial)}`
}

/** A share of one as per cent or points, with its direction. */
function formatSigned(share: number): string {
  const value = share * 100
  const text = Math.abs(value).toFixed(Math.abs(value) >= 9.95 ? 0 : 1)
  if (Number(text) === 0) return '0'
  return `${value < 0 ? MINUS : '+'}${text}`
}
