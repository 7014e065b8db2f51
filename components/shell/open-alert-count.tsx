'use client'

import { useQuery } from '@tanstack/react-query'
import { CURRENT_ALERTS, newestAlertsQuery } from '#components/query/queries.ts'
import { formatNoun } from '#lib/format/number.ts'

/** How many alerts wait for somebody, wherever they are; nothing while there are none or nobody knows. */
export function OpenAlertCount({ className }: { readonly className: string | undefined }) {
  const { data } = useQuery(newestAlertsQuery(CURRENT_ALERTS))
  const open = data?.alerts.filter((alert) => alert.status === 'open').length ?? 0
  if (open === 0) return null
  const isMore = data?.next_cursor != null
  return (
    <span
      className={className}
      role="img"
      aria-label={`${formatNoun(open, 'open alert', 'open alerts')}${isMore ? ' or more' : ''}`}
    >
      {open}
      {isMore ? '+' : ''}
    </span>
  )
}
