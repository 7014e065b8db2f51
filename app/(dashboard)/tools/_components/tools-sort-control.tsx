'use client'

import { ChoiceButton } from '#components/ui/choice-button.tsx'
import { ArrowDownIcon, ArrowUpIcon } from '#components/ui/icons.tsx'
import type { ToolSort, ToolSortKey } from '#lib/charts/tool-rows.ts'
import { columnName, TOOL_COLUMNS } from './tool-columns.ts'
import styles from './tools-sort-control.module.css'

interface ToolsSortControlProps {
  readonly sort: ToolSort
  readonly onSort: (key: ToolSortKey, order: ToolSort['order']) => void
}

/** The order of the rows where the heads of the columns are not shown: a second press turns it. */
export function ToolsSortControl({ sort, onSort }: ToolsSortControlProps) {
  const current = TOOL_COLUMNS.find((column) => column.key === sort.key)
  const value = `${current ? columnName(current) : sort.key}, ${sort.order === 'asc' ? 'rising' : 'falling'}`
  return (
    <ChoiceButton name="sort" value={value} label={`Sort: ${value}`}>
      {(close) => (
        <ul className={styles.list}>
          {TOOL_COLUMNS.map((column) => {
            const isSorted = column.key === sort.key
            const turned = sort.order === 'asc' ? 'desc' : 'asc'
            return (
              <li key={column.key}>
                <button
                  type="button"
                  aria-pressed={isSorted}
                  onClick={() => {
                    onSort(column.key, isSorted ? turned : column.firstOrder)
                    close()
                  }}
                >
                  {columnName(column)}
                  {isSorted ? sort.order === 'asc' ? <ArrowUpIcon /> : <ArrowDownIcon /> : null}
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </ChoiceButton>
  )
}
