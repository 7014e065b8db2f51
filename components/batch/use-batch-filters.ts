'use client'

import { useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { useViewState } from '#components/query/use-view-state.ts'
import {
  FILTER_PARSERS,
  type FilterValues,
  fullFilter,
  SORT_PARSERS,
  type Sort,
} from '#components/query/view-state.ts'
import type { FilterQuery, SortKey } from '#lib/contract/query.ts'

export interface BatchFilters {
  /** As in the address; nulls and empty lists are not set. */
  readonly values: FilterValues
  readonly sort: Sort
  /** Window, scope and filters as the read API takes them. */
  readonly filter: FilterQuery
  /** The same without the page's own filters: what "of all" means. */
  readonly scope: FilterQuery
  readonly setFilters: (change: Partial<FilterValues>) => void
  readonly setSearch: (text: string) => void
  readonly setSort: (sort: SortKey, order: Sort['order']) => void
  readonly clear: () => void
}

const NOTHING: { [Key in keyof FilterValues]: null } = {
  version: null,
  model: null,
  mode: null,
  tool: null,
  tool_match: null,
  slowest_tool: null,
  outcome: null,
  min_size: null,
  min_wall_ms: null,
  min_serialization: null,
  source: null,
  q: null,
}

/** The filters and the order of the list, read from and written to the address. */
export function useBatchFilters(): BatchFilters {
  const { view, filter: scope } = useViewState()
  const [values, setValues] = useQueryStates(FILTER_PARSERS, { history: 'push' })
  const [sort, setSortState] = useQueryStates(SORT_PARSERS, { history: 'push' })
  const filter = useMemo(() => fullFilter(view, values, scope.range ?? 'all'), [view, values, scope.range])
  return {
    values,
    sort,
    filter,
    scope,
    setFilters: (change) => void setValues(change),
    setSearch: (text) => void setValues({ q: text === '' ? null : text }, { history: 'replace' }),
    setSort: (key, order) => void setSortState({ sort: key, order }),
    clear: () => void setValues(NOTHING),
  }
}
