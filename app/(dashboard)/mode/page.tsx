import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { reads } from '#app/_data/reads.ts'
import { ModePage } from '#components/mode/mode-page.tsx'
import { auditQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'

export const metadata: Metadata = { title: 'Parallel mode' }

/** As many lines as the API gives when it is not asked for a number. */
const AUDIT_LINES = 100

export default async function Page() {
  const client = makeQueryClient()
  await client.prefetchQuery({ ...auditQuery(), queryFn: async () => reads().listModeAudit(AUDIT_LINES) })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ModePage />
    </HydrationBoundary>
  )
}
