import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { reads } from '#app/_data/reads.ts'
import { toolQuery } from '#components/query/queries.ts'
import { makeQueryClient } from '#components/query/query-client.ts'
import { defaultRange, loadListState, viewFilter } from '#components/query/view-state.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { ToolPage } from './_components/tool-page.tsx'

interface PageProps {
  readonly params: Promise<{ readonly tool: string }>
  readonly searchParams: Promise<SearchParams>
}

const TITLE_CHARS = 40

/** Next hands the name to metadata decoded, and to the page as it stands in the address. */
export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { tool } = await params
  return { title: middleTruncate(tool, TITLE_CHARS) }
}

export default async function Page({ params, searchParams }: PageProps) {
  const tool = decodeURIComponent((await params).tool)
  const filter = viewFilter(await loadListState(searchParams), defaultRange('/tools'))
  const detail = await reads().getTool(tool, filter, Date.now())
  if (detail === null) notFound()
  const client = makeQueryClient()
  client.setQueryData(toolQuery(tool, filter).queryKey, detail)
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ToolPage tool={tool} />
    </HydrationBoundary>
  )
}
