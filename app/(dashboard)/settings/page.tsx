import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { falseAlarms } from '#app/_data/configuration.ts'
import { reads } from '#app/_data/reads.ts'
import { channelsQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { SettingsPage } from './_components/settings-page.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page() {
  const client = makeQueryClient()
  await client.prefetchQuery({ ...channelsQuery(), queryFn: async () => reads().listChannels() })
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SettingsPage falseAlarms={falseAlarms()} />
    </HydrationBoundary>
  )
}
