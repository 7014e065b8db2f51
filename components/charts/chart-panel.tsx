'use client'

import { parseAsNativeArrayOf, parseAsString, useQueryState } from 'nuqs'
import { type ReactNode, useId } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { TableIcon } from '#components/ui/icons.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { type ChartTable, toTsv } from '#lib/charts/table.ts'
import styles from './chart-panel.module.css'
import { DataTable } from './data-table.tsx'

interface ChartPanelProps {
  /** Names the panel in the address while its table is open. */
  readonly id: string
  readonly title: string
  /** In a clause, what is drawn. */
  readonly note?: ReactNode
  /** The same data as the chart's; null while there is none. */
  readonly table: ChartTable | null
  /** A table to copy, where what is shown is a table already. */
  readonly copy?: ChartTable
  /** Where a row of the table leads. */
  readonly rowHref?: (row: number) => string
  /** One sentence under the head: what the chart says. */
  readonly finding?: ReactNode
  readonly children: ReactNode
}

/** A chart with its head, and one press away the table of the same data. */
export function ChartPanel(props: ChartPanelProps) {
  const { id, title, note, table, copy, rowHref, finding, children } = props
  const headId = useId()
  const [isOpen, toggle] = useTableToggle(id)
  const isTable = isOpen && table !== null
  return (
    <section className={styles.panel} aria-labelledby={headId}>
      <PanelHead id={headId} title={title} note={note}>
        <span className={styles.actions}>
          {isTable ? <CopyButton text={toTsv(table)} label={`Copy the table: ${title}`} /> : null}
          {copy === undefined ? null : <CopyButton text={toTsv(copy)} label={`Copy the table: ${title}`} />}
          {table === null ? null : (
            <Button
              kind="plain"
              aria-pressed={isOpen}
              aria-label={`Table: ${title}`}
              className={styles.toggle}
              onClick={toggle}
            >
              <TableIcon />
              Table
            </Button>
          )}
        </span>
      </PanelHead>
      {finding === undefined ? null : <p className={styles.finding}>{finding}</p>}
      {isTable ? (
        <div className={styles.table}>
          <DataTable table={table} {...(rowHref === undefined ? {} : { rowHref })} />
        </div>
      ) : (
        children
      )}
    </section>
  )
}

/** Which panels show their table stands in the address, like every other part of the view. */
function useTableToggle(id: string): readonly [boolean, () => void] {
  const [open, setOpen] = useQueryState('table', parseAsNativeArrayOf(parseAsString))
  const isOpen = open.includes(id)
  const toggle = () => {
    const next = isOpen ? open.filter((other) => other !== id) : [...open, id]
    void setOpen(next.length > 0 ? next : null)
  }
  return [isOpen, toggle]
}
