import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { reads } from '#app/_data/reads.ts'
import {
  CURRENT_ALERTS,
  facetsQuery,
  MOST_ALERTS,
  modeQuery,
  newestAlertsQuery,
} from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { AppShell } from '#components/shell/app-shell.tsx'

/** Every page reads the store and its address anew: nothing here is known when the app is built. */
export const dynamic = 'force-dynamic'

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const client = makeQueryClient()
  await Promise.all([
    client.prefetchQuery({ ...facetsQuery({}), queryFn: async () => reads().listFacets({}, Date.now()) }),
    client.prefetchQuery({
      ...newestAlertsQuery(CURRENT_ALERTS),
      queryFn: async () => reads().listAlerts({ ...CURRENT_ALERTS, limit: MOST_ALERTS }, Date.now()),
    }),
    client.prefetchQuery({ ...modeQuery(), queryFn: async () => reads().getMode() }),
  ])
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AppShell>{children}</AppShell>
    </HydrationBoundary>
  )
}
