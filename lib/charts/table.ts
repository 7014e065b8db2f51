import { formatDuration } from '#lib/format/duration.ts'
import { formatCount, formatPercent } from '#lib/format/number.ts'

/** One cell: what is read, and what is copied (a bare number where there is one). */
export interface TableCell {
  readonly text: string
  readonly raw: number | string
}

export interface TableColumn {
  readonly label: string
  /** Behind the label when the column is copied, because the copied numbers carry none. */
  readonly unit?: string
  readonly isNumber?: boolean
}

/** The table behind a chart: the same values, to be read aloud and copied. */
export interface ChartTable {
  readonly caption: string
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly TableCell[])[]
}

export function textCell(text: string): TableCell {
  return { text, raw: text }
}

export function countCell(count: number): TableCell {
  return { text: formatCount(count), raw: count }
}

/** A missing duration is a word on the page and an empty field in a spreadsheet. */
export function durationCell(ms: number | null, none = 'none'): TableCell {
  return ms === null ? { text: none, raw: '' } : { text: formatDuration(ms), raw: ms }
}

export function shareCell(share: number | null, none = 'none'): TableCell {
  return share === null ? { text: none, raw: '' } : { text: formatPercent(share), raw: share * 100 }
}

/** As spreadsheets take it from the clipboard: tabs, one line a row, units in the head. */
export function toTsv({ columns, rows }: ChartTable): string {
  const head = columns.map(({ label, unit }) => (unit === undefined ? label : `${label} (${unit})`))
  const lines = rows.map((row) => row.map((cell) => plain(String(cell.raw))))
  return [head, ...lines].map((line) => line.join('\t')).join('\n')
}

/** Names come from strangers: none may begin a new field, line or formula. */
function plain(text: string): string {
  const flat = text.replace(/[\t\r\n]+/g, ' ')
  return /^[=+@]/.test(flat) ? `'${flat}` : flat
}
