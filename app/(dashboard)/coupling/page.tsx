import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { couplingQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange, loadListState, viewFilter } from '#components/query/view-state.ts'
import { couplingFilter } from './_components/coupling-filter.ts'
import { CouplingPage } from './_components/coupling-page.tsx'

export const metadata: Metadata = { title: 'Coupling' }

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ searchParams }: PageProps) {
  const filter = couplingFilter(viewFilter(await loadListState(searchParams), defaultRange('/coupling')))
  const client = makeQueryClient()
  await client.prefetchQuery({
    ...couplingQuery(filter),
    queryFn: async () => reads().listCoupling(filter, Date.now()),
  })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CouplingPage />
    </HydrationBoundary>
  )
}
