import type { Sort } from '#components/query/view-state.ts'
import { ArrowDownIcon, ArrowUpIcon } from '#components/ui/icons.tsx'
import type { SortKey } from '#lib/contract/query.ts'
import styles from './batch-table.module.css'

interface Column {
  readonly key: keyof typeof styles & string
  readonly label: string
  /** Set where the list can be ordered by it, with the order that a first press gives. */
  readonly sort?: SortKey
  readonly firstOrder?: Sort['order']
}

const COLUMNS: readonly Column[] = [
  { key: 'started', label: 'Started', sort: 'started_at' },
  { key: 'shape', label: 'Shape, each to its own wall' },
  { key: 'wall', label: 'Wall', sort: 'wall_ms' },
  { key: 'calls', label: 'Calls', sort: 'size' },
  { key: 'outcomes', label: 'Outcomes' },
  { key: 'overlap', label: 'Overlap eff.', sort: 'serialization' },
  { key: 'slowest', label: 'Slowest sibling' },
  { key: 'alone', label: 'Alone' },
  { key: 'mode', label: 'Mode' },
  { key: 'version', label: 'Version' },
  { key: 'agent', label: 'Agent' },
  { key: 'environment', label: 'Environment' },
]

export const COLUMN_COUNT = COLUMNS.length

interface BatchTableHeadProps {
  readonly sort: Sort
  readonly onSort: (sort: SortKey, order: Sort['order']) => void
}

/** The heads of the columns; pressing one orders the list by it, pressing again turns the order. */
export function BatchTableHead({ sort, onSort }: BatchTableHeadProps) {
  return (
    <tr aria-rowindex={1} className={styles.head}>
      {COLUMNS.map((column) => {
        const { sort: key } = column
        if (key === undefined) {
          return (
            <th key={column.key} scope="col" className={styles[column.key]}>
              {column.label}
            </th>
          )
        }
        const isSorted = key === sort.sort
        // Overlap efficiency is 1 - serialization: the arrow tells the order of what is shown.
        const isRising = (sort.order === 'asc') !== (key === 'serialization')
        return (
          <th
            key={column.key}
            scope="col"
            className={styles[column.key]}
            aria-sort={isSorted ? (isRising ? 'ascending' : 'descending') : 'none'}
          >
            <button
              type="button"
              onClick={() => onSort(key, isSorted && sort.order === 'desc' ? 'asc' : 'desc')}
            >
              {column.label}
              {isSorted ? isRising ? <ArrowUpIcon /> : <ArrowDownIcon /> : null}
            </button>
          </th>
        )
      })}
    </tr>
  )
}
