import type { Effect, Outcome } from '#lib/model/vocabulary.ts'
import { UNTIMED_OUTCOMES } from '#lib/model/vocabulary.ts'
import type { CallRow } from './model.ts'

/*
 * The table behind the picture: a row for each attempt that ran and for each call that has none.
 *
 * - Every segment of the timeline is in exactly one table row, with its times unrounded.
 * - As text, no cell holds a tab or a line break, and none can be read as a formula by a spreadsheet.
 */

export interface TableRow {
  readonly key: string
  readonly rowKey: string
  readonly seq: number
  readonly callId: string
  readonly tool: string
  readonly effect: Effect
  readonly attempt: number | null
  readonly attempts: number
  readonly outcome: Outcome
  readonly errorCode: string | null
  readonly startUs: number | null
  readonly endUs: number | null
  /** Of the call, on the row of its first attempt. */
  readonly queuedUs: number | null
  readonly dispatchDelayUs: number | null
  readonly idealStartUs: number | null
  readonly slowest: boolean
}

/** `rows` in the order to show them. */
export function prepareTable(rows: readonly CallRow[]): readonly TableRow[] {
  return rows.flatMap((row) => {
    const shared = {
      rowKey: row.key,
      seq: row.seq,
      callId: row.callId,
      tool: row.tool,
      effect: row.effect,
      attempts: row.attempts,
    }
    const attempts = row.segments.map(
      (segment, index): TableRow => ({
        ...shared,
        key: `${row.key}#${segment.attempt}`,
        attempt: segment.attempt,
        outcome: segment.outcome,
        errorCode: segment.errorCode,
        startUs: segment.startUs,
        endUs: segment.endUs,
        queuedUs: index === 0 ? (row.waiting?.queuedUs ?? null) : null,
        dispatchDelayUs: index === 0 ? (row.waiting?.dispatchDelayUs ?? null) : null,
        idealStartUs: segment.idealStartUs,
        slowest: row.slowest && !segment.replaced,
      }),
    )
    return endsUntimed(row) ? [...attempts, untimedRow(row, shared)] : attempts
  })
}

type SharedCells = Pick<TableRow, 'rowKey' | 'seq' | 'callId' | 'tool' | 'effect' | 'attempts'>

/** The last attempt on record has no times: it is no segment, and a row of its own here. */
function endsUntimed(row: CallRow): boolean {
  return UNTIMED_OUTCOMES.some((outcome) => outcome === row.outcome)
}

function untimedRow(row: CallRow, shared: SharedCells): TableRow {
  return {
    ...shared,
    key: `${row.key}#untimed`,
    attempt: null,
    outcome: row.outcome,
    errorCode: row.errorCode,
    startUs: null,
    endUs: null,
    queuedUs: null,
    dispatchDelayUs: null,
    idealStartUs: null,
    slowest: false,
  }
}

/** As many decimals of a millisecond as the finest time of the table needs, so that its columns line up. */
export function tableDecimals(rows: readonly TableRow[]): number {
  let decimals = 0
  for (const { startUs, endUs } of rows) {
    for (const us of [startUs ?? 0, endUs ?? 0])
      while (decimals < 3 && us % 10 ** (3 - decimals) !== 0) decimals++
  }
  return decimals
}

const COLUMNS = [
  'no',
  'tool',
  'effect',
  'attempt',
  'outcome',
  'error_code',
  'start_ms',
  'end_ms',
  'duration_ms',
  'queued_ms',
  'dispatch_delay_ms',
  'ideal_start_ms',
  'call_id',
] as const

/** The whole table for a spreadsheet: tab-separated, milliseconds with fractions, empty where unknown. */
export function toTabSeparated(rows: readonly TableRow[]): string {
  const lines = rows.map((row) =>
    [
      String(row.seq),
      plain(row.tool),
      row.effect,
      row.attempt === null ? '' : String(row.attempt),
      row.outcome,
      plain(row.errorCode ?? ''),
      milliseconds(row.startUs),
      milliseconds(row.endUs),
      milliseconds(row.startUs === null || row.endUs === null ? null : row.endUs - row.startUs),
      milliseconds(row.queuedUs),
      milliseconds(row.dispatchDelayUs),
      milliseconds(row.idealStartUs),
      plain(row.callId),
    ].join('\t'),
  )
  return [COLUMNS.join('\t'), ...lines].join('\n')
}

/** Names come from strangers: a leading sign of a formula is made text by an apostrophe. */
function plain(text: string): string {
  const oneLine = text.replace(/[\t\r\n\u2028\u2029]+/g, ' ')
  return /^[=+\-@]/.test(oneLine) ? `'${oneLine}` : oneLine
}

function milliseconds(us: number | null): string {
  return us === null ? '' : String(us / 1000)
}
