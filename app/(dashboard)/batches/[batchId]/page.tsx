import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { reads } from '#app/_data/reads.ts'
import { batchQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { BatchPage } from './_components/batch-page.tsx'
import { toSuccessor } from './_components/successor.ts'

interface BatchRouteProps {
  readonly params: Promise<{ readonly batchId: string }>
}

interface BatchPageProps extends BatchRouteProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/** Above this many calls the answer is several MB, which a page must not carry twice. */
const MAX_CALLS_IN_PAGE = 500

/** Next hands the id to metadata decoded, and to the page as it stands in the address. */
export async function generateMetadata({ params }: BatchRouteProps): Promise<Metadata> {
  const { batchId } = await params
  return { title: middleTruncate(batchId, 40) }
}

export default async function Page({ params, searchParams }: BatchPageProps) {
  const batchId = decodeURIComponent((await params).batchId)
  const batch = await reads().getBatch(batchId, Date.now())
  if (batch === null) notFound()
  if (batch.superseded_by !== null) redirect(toSuccessor(batch.superseded_by, batchId, await searchParams))
  const client = makeQueryClient()
  if (batch.calls.length <= MAX_CALLS_IN_PAGE) client.setQueryData(batchQuery(batchId).queryKey, batch)
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <BatchPage batchId={batchId} />
    </HydrationBoundary>
  )
}
