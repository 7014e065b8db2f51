import { createLoader, parseAsNativeArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { VIEW_PARSERS, type ViewValues, viewFilter } from '#components/query/view-state.ts'
import type { AlertQuery } from '#lib/contract/query.ts'
import { ALERT_KINDS, type AlertKind } from '#lib/model/alert.ts'

export const STATES = ['current', 'resolved', 'all'] as const
export type AlertState = (typeof STATES)[number]

/** The list's own filters as they stand in the address. */
export const ALERT_PARSERS = {
  state: parseAsStringLiteral(STATES).withDefault('current'),
  kind: parseAsNativeArrayOf(parseAsStringLiteral(ALERT_KINDS)),
  tool: parseAsNativeArrayOf(parseAsString),
}

export interface AlertFilterValues {
  readonly state: AlertState
  readonly kind: readonly AlertKind[]
  readonly tool: readonly string[]
}

/** Reads the state of the list from Next's `searchParams` on the server. */
export const loadAlertsState = createLoader({ ...VIEW_PARSERS, ...ALERT_PARSERS })

/** The whole query of the list. Empty filters are left out, so that equal views have equal keys. */
export function alertsFilter(view: ViewValues, values: AlertFilterValues, fallbackRange: string): AlertQuery {
  const { kind, tool, state } = values
  return {
    ...viewFilter(view, fallbackRange),
    state,
    ...(kind.length === 0 ? {} : { kind: [...kind] }),
    ...(tool.length === 0 ? {} : { tool: [...tool] }),
  }
}
