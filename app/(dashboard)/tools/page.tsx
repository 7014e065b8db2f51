import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { toolsQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange, loadListState, viewFilter } from '#components/query/view-state.ts'
import { ToolsPage } from './_components/tools-page.tsx'

export const metadata: Metadata = { title: 'Tools' }

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ searchParams }: PageProps) {
  const filter = viewFilter(await loadListState(searchParams), defaultRange('/tools'))
  const client = makeQueryClient()
  await client.prefetchQuery({
    ...toolsQuery(filter),
    queryFn: async () => reads().listTools(filter, Date.now()),
  })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ToolsPage />
    </HydrationBoundary>
  )
}
