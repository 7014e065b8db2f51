'use client'

import { usePathname } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { useViewState } from '#components/query/use-view-state.ts'
import { defaultRange } from '#components/query/view-state.ts'
import type { AlertQuery } from '#lib/contract/query.ts'
import type { AlertKind } from '#lib/model/alert.ts'
import { ALERT_PARSERS, type AlertFilterValues, type AlertState, alertsFilter } from './alert-params.ts'

export interface AlertFilters {
  readonly values: AlertFilterValues
  /** As the read API takes it. */
  readonly filter: AlertQuery
  /** How many of the list's own filters are set. */
  readonly count: number
  readonly setState: (state: AlertState) => void
  readonly setKinds: (kinds: AlertKind[]) => void
  readonly setTools: (tools: string[]) => void
  readonly clear: () => void
}

/** The filters of the list, read from and written to the address. */
export function useAlertFilters(): AlertFilters {
  const pathname = usePathname()
  const { view } = useViewState()
  const [values, setValues] = useQueryStates(ALERT_PARSERS, { history: 'push' })
  const fallback = defaultRange(pathname)
  const filter = useMemo(() => alertsFilter(view, values, fallback), [view, values, fallback])
  return {
    values,
    filter,
    count: (values.kind.length > 0 ? 1 : 0) + (values.tool.length > 0 ? 1 : 0),
    setState: (state) => void setValues({ state }),
    setKinds: (kind) => void setValues({ kind: kind.length > 0 ? kind : null }),
    setTools: (tool) => void setValues({ tool: tool.length > 0 ? tool : null }),
    clear: () => void setValues({ kind: null, tool: null }),
  }
}
