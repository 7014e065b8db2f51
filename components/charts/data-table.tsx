import Link from 'next/link'
import type { ChartTable, TableCell } from '#lib/charts/table.ts'
import styles from './data-table.module.css'

interface DataTableProps {
  readonly table: ChartTable
  /** Where a row leads: its first cell becomes a link. */
  readonly rowHref?: (row: number) => string
}

/** The data of a chart in rows. */
export function DataTable({ table, rowHref }: DataTableProps) {
  return (
    <table className={styles.table}>
      <caption className={styles.caption}>{table.caption}</caption>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column.label} scope="col" data-number={column.isNumber || undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((cells, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the series
          <tr key={row}>
            {table.columns.map((column, index) => (
              <td key={column.label} data-number={column.isNumber || undefined}>
                <Cell cell={cells[index]} href={index === 0 ? rowHref?.(row) : undefined} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface CellProps {
  readonly cell: TableCell | undefined
  readonly href: string | undefined
}

function Cell({ cell, href }: CellProps) {
  if (cell === undefined) return null
  if (href === undefined) return <span data-missing={cell.raw === '' || undefined}>{cell.text}</span>
  return (
    <Link href={href} prefetch={false}>
      {cell.text}
    </Link>
  )
}
