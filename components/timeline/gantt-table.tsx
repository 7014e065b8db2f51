'use client'

import { useEffect, useMemo, useRef } from 'react'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { EffectLetter, OUTCOME_WORDS, OutcomeGlyph, SlowestGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatNoun } from '#lib/format/number.ts'
import { formatFixed } from '#lib/timeline/fixed.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import { prepareTable, type TableRow, tableDecimals, toTabSeparated } from '#lib/timeline/table-rows.ts'
import styles from './gantt-table.module.css'
import { OrderControl } from './gantt-toolbar.tsx'
import type { ChangeView, GanttView } from './gantt-view.ts'
import { useVisibleRange } from './use-visible-range.ts'

interface GanttTableProps {
  /** Calls in the order to show. */
  readonly rows: readonly CallRow[]
  readonly view: GanttView
  readonly onView: ChangeView
  readonly touch: boolean
}

const ROW_PX = 28
const NAME_CHARS = 32
const ID_CHARS = 22

const HEADS = [
  'no.',
  'tool',
  'effect',
  'attempt',
  'outcome',
  'start',
  'end',
  'duration',
  'queued',
  'dispatch delay',
  'ideal start',
  'call_id',
] as const

/** The same data as the plot, as numbers: for reading aloud, for exactness and for copying. */
export function GanttTable({ rows, view, onView, touch }: GanttTableProps) {
  const scroller = useRef<HTMLElement>(null)
  const table = useMemo(() => prepareTable(rows), [rows])
  const decimals = useMemo(() => tableDecimals(table), [table])
  const text = useMemo(() => toTabSeparated(table), [table])
  const [fromY, toY] = useVisibleRange(scroller)
  const { selectedKey, implied } = view
  useEffect(() => {
    const index = implied ? -1 : table.findIndex((row) => row.rowKey === selectedKey)
    if (scroller.current && index >= 0) scrollToRow(scroller.current, index)
  }, [table, selectedKey, implied])
  const first = Math.max(0, Math.floor(fromY / ROW_PX))
  const after = Math.min(table.length, Math.ceil(toY / ROW_PX))
  return (
    <section className={styles.panel} data-touch={touch || undefined} aria-label="Table of the timeline">
      <div className={styles.head}>
        <OrderControl view={view} onView={onView} />
        <span className={styles.note}>
          {formatNoun(table.length, 'row, one for each attempt', 'rows, one for each attempt')}; milliseconds
          from the hand-over
        </span>
        <CopyButton text={text} label="Copy the table, tab-separated">
          Copy table
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label="Rows">
        <table className={styles.table} aria-rowcount={table.length + 1}>
          <thead>
            <tr>
              {HEADS.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer rows={first} />
            {table.slice(first, after).map((row, offset) => (
              <BodyRow
                key={row.key}
                row={row}
                index={first + offset}
                decimals={decimals}
                selected={row.rowKey === view.selectedKey}
                onSelect={() => onView({ selectedKey: row.rowKey })}
              />
            ))}
            <Spacer rows={table.length - after} />
          </tbody>
        </table>
      </section>
    </section>
  )
}

/** Brings a row into sight, below the head that sticks to the top. */
function scrollToRow(scroller: HTMLElement, index: number): void {
  const top = index * ROW_PX
  if (top < scroller.scrollTop) scroller.scrollTop = top
  const bottom = top + 2 * ROW_PX
  if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight
}

function Spacer({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null
  return <tr style={{ height: rows * ROW_PX }} />
}

interface BodyRowProps {
  readonly row: TableRow
  readonly index: number
  readonly decimals: number
  readonly selected: boolean
  readonly onSelect: () => void
}

function BodyRow({ row, index, decimals, selected, onSelect }: BodyRowProps) {
  const durationUs = row.startUs === null || row.endUs === null ? null : row.endUs - row.startUs
  return (
    // The keys j and k walk the calls here as in the plot.
    <tr aria-rowindex={index + 2} aria-selected={selected} onClick={onSelect}>
      <td className={styles.number}>{row.seq}</td>
      <td className={styles.name}>
        <MiddleTruncate text={row.tool} maxChars={NAME_CHARS} />
        {row.slowest ? <SlowestGlyph /> : null}
      </td>
      <td>
        <EffectLetter effect={row.effect} />
      </td>
      <td className={styles.number}>
        {row.attempt === null ? 'none' : row.attempts > 1 ? `${row.attempt} of ${row.attempts}` : row.attempt}
      </td>
      <td>
        <span className={styles.outcome}>
          <OutcomeGlyph outcome={row.outcome} label={null} />
          {OUTCOME_WORDS[row.outcome]}
          {row.errorCode === null ? null : <MiddleTruncate text={row.errorCode} maxChars={24} />}
        </span>
      </td>
      <Time us={row.startUs} decimals={decimals} none="never ran" />
      <Time us={row.endUs} decimals={decimals} />
      <Time us={durationUs} decimals={decimals} />
      <Time us={row.queuedUs} decimals={decimals} />
      <Time us={row.dispatchDelayUs} decimals={decimals} />
      <Time us={row.idealStartUs} decimals={decimals} />
      <td className={styles.id}>
        <MiddleTruncate text={row.callId} maxChars={ID_CHARS} />
      </td>
    </tr>
  )
}

interface TimeProps {
  readonly us: number | null
  readonly decimals: number
  readonly none?: string
}

function Time({ us, decimals, none = '' }: TimeProps) {
  return <td className={styles.number}>{us === null ? none : formatFixed(us / 1000, decimals)}</td>
}
