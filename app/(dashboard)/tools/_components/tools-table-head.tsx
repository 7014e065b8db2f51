import { ArrowDownIcon, ArrowUpIcon } from '#components/ui/icons.tsx'
import type { DecadeScale } from '#lib/charts/breakdown.ts'
import type { ToolSort, ToolSortKey } from '#lib/charts/tool-rows.ts'
import { columnName, TOOL_COLUMNS, type ToolColumn } from './tool-columns.ts'
import styles from './tools-table.module.css'

interface ToolsTableHeadProps {
  readonly sort: ToolSort
  readonly onSort: (key: ToolSortKey, order: ToolSort['order']) => void
  readonly scale: DecadeScale | null
}

/** The heads of the columns; pressing one orders the rows by it, pressing again turns the order. */
export function ToolsTableHead({ sort, onSort, scale }: ToolsTableHeadProps) {
  return (
    <tr className={styles.head}>
      {TOOL_COLUMNS.map((column) => (
        <HeadCell key={column.key} column={column} sort={sort} onSort={onSort} />
      )).toSpliced(3, 0, <ScaleHead key="band" scale={scale} />)}
    </tr>
  )
}

interface HeadCellProps extends Pick<ToolsTableHeadProps, 'sort' | 'onSort'> {
  readonly column: ToolColumn
}

function HeadCell({ column, sort, onSort }: HeadCellProps) {
  const isSorted = sort.key === column.key
  const turned = sort.order === 'asc' ? 'desc' : 'asc'
  return (
    <th
      scope="col"
      className={styles[column.key]}
      aria-sort={isSorted ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}
    >
      <button
        type="button"
        title={column.title}
        aria-label={columnName(column)}
        onClick={() => onSort(column.key, isSorted ? turned : column.firstOrder)}
      >
        {column.label === '' ? <span className={styles.effectHead}>R/W</span> : column.label}
        {isSorted ? sort.order === 'asc' ? <ArrowUpIcon /> : <ArrowDownIcon /> : null}
      </button>
    </th>
  )
}

/** The scale of the bands stands once, in the head of their column. */
function ScaleHead({ scale }: Pick<ToolsTableHeadProps, 'scale'>) {
  const last = (scale?.ticks.length ?? 0) - 1
  return (
    <th scope="col" className={styles.band} title="From p50 to p95, p99 as a tick; a logarithmic scale">
      <span className={styles.scale}>
        <span className={styles.visuallyHidden}>From p50 to p95</span>
        {scale?.ticks.map((tick, index) => (
          <span
            key={tick.ms}
            className={styles.scaleTick}
            data-edge={index === 0 ? 'first' : index === last ? 'last' : undefined}
            style={{ left: `${tick.x * 100}%` }}
            aria-hidden="true"
          >
            {tick.label}
          </span>
        ))}
      </span>
    </th>
  )
}
