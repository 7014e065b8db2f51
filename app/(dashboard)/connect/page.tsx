import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { newestBatchesQuery, otlpReceiptQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { ConnectPage } from './_components/connect-page.tsx'
import { loadConnectParams } from './_components/connect-params.ts'

export const metadata: Metadata = { title: 'Connect' }

/** Rows that the page brings with it: as many as it shows. */
const FIRST_ROWS = 6

interface PageProps {
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ searchParams }: PageProps) {
  const { agent_name: agent } = await loadConnectParams(searchParams)
  const client = makeQueryClient()
  const filters = [{}, { agent: [agent] }]
  await Promise.all([
    client.prefetchQuery({ ...otlpReceiptQuery(), queryFn: () => reads().getOtlpReceipt() }),
    ...filters.map((filter) =>
      client.prefetchQuery({
        ...newestBatchesQuery(filter),
        queryFn: async () => reads().listBatches({ ...filter, limit: FIRST_ROWS }, Date.now()),
      }),
    ),
  ])
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ConnectPage />
    </HydrationBoundary>
  )
}
