import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { alertsQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange } from '#components/query/view-state.ts'
import { alertsFilter, loadAlertsState } from './_components/alert-params.ts'
import { AlertsPage } from './_components/alerts-page.tsx'

export const metadata: Metadata = { title: 'Alerts' }

/** Rows that the page brings with it. */
const FIRST_ROWS = 100

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ searchParams }: PageProps) {
  const state = await loadAlertsState(searchParams)
  const filter = alertsFilter(state, state, defaultRange('/alerts'))
  const client = makeQueryClient()
  await client.prefetchInfiniteQuery({
    ...alertsQuery(filter),
    queryFn: async () => reads().listAlerts({ ...filter, limit: FIRST_ROWS }, Date.now()),
  })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertsPage />
    </HydrationBoundary>
  )
}
