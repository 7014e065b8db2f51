'use client'

import { type CSSProperties, useState } from 'react'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import type { ToolSort, ToolSortKey, ToolTable } from '#lib/charts/tool-rows.ts'
import { formatCount } from '#lib/format/number.ts'
import styles from './tools-table.module.css'
import { ToolsTableHead } from './tools-table-head.tsx'
import { ToolsTableRow } from './tools-table-row.tsx'

/** The list that the keys walk. */
export const WALK = 'tools'

/** More rows than this are drawn when asked for: nobody reads them, and drawing them takes time. */
const FIRST_ROWS = 200

interface ToolsTableProps {
  readonly table: ToolTable
  readonly sort: ToolSort
  readonly onSort: (key: ToolSortKey, order: ToolSort['order']) => void
}

/** Every tool with what it costs. */
export function ToolsTable({ table, sort, onSort }: ToolsTableProps) {
  const link = useViewLink()
  const [isWhole, setWhole] = useState(false)
  const { rows, scale } = table
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS)
  const decades = { '--decades': Math.max(1, (scale?.ticks.length ?? 1) - 1) } as CSSProperties
  return (
    <div className={styles.scroller}>
      <table className={styles.table} style={decades}>
        <thead>
          <ToolsTableHead sort={sort} onSort={onSort} scale={scale} />
        </thead>
        <tbody>
          {shown.map((row) => (
            <ToolsTableRow
              key={row.tool}
              row={row}
              href={link(`/tools/${encodeURIComponent(row.tool)}`)}
              walk={WALK}
            />
          ))}
        </tbody>
      </table>
      {shown.length === rows.length ? null : (
        <div className={styles.more}>
          <Button onClick={() => setWhole(true)}>Show all {formatCount(rows.length)} tools</Button>
        </div>
      )}
    </div>
  )
}
