'use client'

import Link from 'next/link'
import { useViewLink } from '#components/query/use-view-state.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'

/** No alert has this id: what that can mean, and where to go. */
export function MissingAlert() {
  const link = useViewLink()
  return (
    <EmptyState
      title="No alert has this id"
      action={
        <>
          <Link href={link('/alerts')} className={buttonClass()} data-kind="primary">
            Current alerts
          </Link>
          <Link href={link('/alerts', { state: 'all' })} className={buttonClass()}>
            Alerts in every state
          </Link>
        </>
      }
    >
      The id may be mistyped, or the alert was found anew under another id when its batches were replayed.
    </EmptyState>
  )
}
