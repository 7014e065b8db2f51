import { dehydrate, HydrationBoundary, type QueryClient } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { reads } from '#app/_data/reads.ts'
import { alertQuery, auditQuery, batchQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { AlertPage } from './_components/alert-page.tsx'

interface AlertRouteProps {
  readonly params: Promise<{ readonly alertId: string }>
}

/** As many lines as the API gives when it is not asked for a number. */
const AUDIT_LINES = 100

/** Next hands the id to metadata decoded, and to the page as it stands in the address. */
export async function generateMetadata({ params }: AlertRouteProps): Promise<Metadata> {
  const { alertId } = await params
  return { title: `Alert ${middleTruncate(alertId, 40)}` }
}

export default async function Page({ params }: AlertRouteProps) {
  const alertId = decodeURIComponent((await params).alertId)
  const alert = await reads().getAlert(alertId, Date.now())
  if (alert === null) notFound()
  const client = makeQueryClient()
  client.setQueryData(alertQuery(alertId).queryKey, alert)
  await Promise.all([
    ...firstPair(alert).map((batchId) => prefetchBatch(client, batchId)),
    client.prefetchQuery({ ...auditQuery(), queryFn: async () => reads().listModeAudit(AUDIT_LINES) }),
  ])
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertPage alertId={alertId} />
    </HydrationBoundary>
  )
}

/** One that the retention has removed is left to the page to miss. */
async function prefetchBatch(client: QueryClient, batchId: string): Promise<void> {
  const batch = await reads().getBatch(batchId, Date.now())
  if (batch !== null) client.setQueryData(batchQuery(batchId).queryKey, batch)
}

function firstPair({ evidence }: AlertDetail): string[] {
  return [evidence.batches_before[0], evidence.batches_after[0]].filter((id) => id !== undefined)
}
