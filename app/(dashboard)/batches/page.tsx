import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { BatchesPage } from '#components/batch/batches-page.tsx'
import { batchesQuery, histogramQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange, fullFilter, loadListState } from '#components/query/view-state.ts'

export const metadata: Metadata = { title: 'Batches' }

/** Rows that the page brings with it: a screen full, and some to scroll on while the next are read. */
const FIRST_ROWS = 30

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ searchParams }: PageProps) {
  const state = await loadListState(searchParams)
  const filter = fullFilter(state, state, defaultRange('/batches'))
  const sort = { sort: state.sort, order: state.order }
  const client = makeQueryClient()
  // The histogram may come after the rows: it is streamed.
  void client.prefetchQuery({
    ...histogramQuery(filter),
    queryFn: async () => reads().getHistogram(filter, Date.now()),
  })
  await client.prefetchInfiniteQuery({
    ...batchesQuery(filter, sort),
    queryFn: async () => reads().listBatches({ ...filter, ...sort, limit: FIRST_ROWS }, Date.now()),
  })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <BatchesPage />
    </HydrationBoundary>
  )
}
