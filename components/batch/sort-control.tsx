'use client'

import type { Sort } from '#components/query/view-state.ts'
import { ChoiceButton } from '#components/ui/choice-button.tsx'
import { CheckIcon } from '#components/ui/icons.tsx'
import type { SortKey } from '#lib/contract/query.ts'
import styles from './filter-bar.module.css'
import type { BatchFilters } from './use-batch-filters.ts'

const ORDERS: readonly (readonly [SortKey, Sort['order'], string])[] = [
  ['started_at', 'desc', 'newest first'],
  ['started_at', 'asc', 'oldest first'],
  ['wall_ms', 'desc', 'longest wall first'],
  ['wall_ms', 'asc', 'shortest wall first'],
  ['serialization', 'desc', 'least overlap first'],
  ['serialization', 'asc', 'most overlap first'],
  ['size', 'desc', 'most calls first'],
  ['size', 'asc', 'fewest calls first'],
]

/** The order of the rows in words; the heads of the columns change it too. */
export function SortControl({ filters }: { readonly filters: BatchFilters }) {
  const { sort, setSort } = filters
  const current = ORDERS.find(([key, order]) => key === sort.sort && order === sort.order)
  const value = current?.[2] ?? 'newest first'
  return (
    <ChoiceButton name="sort" value={value} label={`Sort: ${value}`} kind="plain">
      {(close) => (
        <ul className={styles.kinds}>
          {ORDERS.map(([key, order, label]) => (
            <li key={label}>
              <button
                type="button"
                aria-pressed={label === value}
                onClick={() => {
                  setSort(key, order)
                  close()
                }}
              >
                {label}
                {label === value ? <CheckIcon /> : null}
              </button>
            </li>
          ))}
        </ul>
      )}
    </ChoiceButton>
  )
}
