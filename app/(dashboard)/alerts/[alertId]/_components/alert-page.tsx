'use client'

import { useQuery } from '@tanstack/react-query'
import { ApiError, describeError } from '#components/query/fetch-json.ts'
import { alertQuery } from '#components/query/queries.ts'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { formatClock } from '#lib/format/time.ts'
import { AlertSkeleton } from './alert-skeleton.tsx'
import { AlertView } from './alert-view.tsx'
import { MissingAlert } from './missing-alert.tsx'

/** What changed, since when, because of what, and what do I press? */
export function AlertPage({ alertId }: { readonly alertId: string }) {
  const { zone } = useTimeZone()
  const { data, error, dataUpdatedAt, refetch } = useQuery(alertQuery(alertId))
  if (data === undefined && error instanceof ApiError && error.status === 404) return <MissingAlert />
  const failure = error ? (
    <ErrorStrip
      what="This alert could not be read"
      cause={describeError(error)}
      meanwhile={data === undefined ? undefined : `what is below is from ${formatClock(dataUpdatedAt, zone)}`}
      onRetry={() => void refetch()}
    />
  ) : null
  if (data === undefined) return failure ?? <AlertSkeleton />
  return <AlertView alert={data} failure={failure} />
}
