import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { Suspense } from 'react'
import { reads } from '#app/_data/reads.ts'
import {
  batchesQuery,
  batchSizesQuery,
  MOST_ALERTS,
  newestAlertsQuery,
  overviewQuery,
  siblingsQuery,
} from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange, loadListState, viewFilter } from '#components/query/view-state.ts'
import { currentAlerts } from './_components/current-alerts.ts'
import { NEWEST_FIRST } from './_components/newest-first.ts'
import { OverviewLoading, OverviewPage } from './_components/overview-page.tsx'

export const metadata: Metadata = { title: 'Overview' }

/** Newest batches that the page brings with it; the list of all goes on from there. */
const FIRST_ROWS = 30

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default function Page(props: PageProps) {
  return (
    <Suspense fallback={<OverviewLoading />}>
      <Prefetched {...props} />
    </Suspense>
  )
}

async function Prefetched({ searchParams }: PageProps) {
  const filter = viewFilter(await loadListState(searchParams), defaultRange('/'))
  const client = makeQueryClient()
  // The panels below the figures may come after them: they are streamed.
  void client.prefetchQuery({
    ...siblingsQuery(filter),
    queryFn: async () => reads().listSiblings(filter, Date.now()),
  })
  void client.prefetchQuery({
    ...batchSizesQuery(filter),
    queryFn: async () => reads().listBatchSizes(filter, Date.now()),
  })
  void client.prefetchInfiniteQuery({
    ...batchesQuery(filter, NEWEST_FIRST),
    queryFn: async () => reads().listBatches({ ...filter, ...NEWEST_FIRST, limit: FIRST_ROWS }, Date.now()),
  })
  const alerts = currentAlerts(filter)
  await Promise.all([
    client.prefetchQuery({
      ...overviewQuery(filter),
      queryFn: async () => reads().getOverview(filter, Date.now()),
    }),
    client.prefetchQuery({
      ...newestAlertsQuery(alerts),
      queryFn: async () => reads().listAlerts({ ...alerts, limit: MOST_ALERTS }, Date.now()),
    }),
  ])
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <OverviewPage />
    </HydrationBoundary>
  )
}
