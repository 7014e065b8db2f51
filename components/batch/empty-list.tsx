'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { newestBatchesQuery } from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { countFilters } from './filter-kinds.ts'
import { FirstBatch } from './first-batch.tsx'
import type { BatchFilters } from './use-batch-filters.ts'

/** Nothing to list: because nothing was ever recorded, or because nothing matches. */
export function EmptyList({ filters }: { readonly filters: BatchFilters }) {
  const anything = useQuery(newestBatchesQuery({}))
  const newest = anything.data?.batches[0]
  if (anything.isPending) return null
  return newest ? <NothingMatches filters={filters} newestMs={newest.started_at} /> : <NothingRecorded />
}

function NothingRecorded() {
  const link = useViewLink()
  return (
    <EmptyState
      title="No batch has been recorded yet"
      action={
        <Link href={link('/connect')} className={buttonClass()} data-kind="primary">
          Connect an agent
        </Link>
      }
    >
      <p>
        A batch is all the tool calls that a model emits in one turn. Connect an agent, or send one batch by
        hand to see it here:
      </p>
      <FirstBatch />
    </EmptyState>
  )
}

interface NothingMatchesProps {
  readonly filters: BatchFilters
  readonly newestMs: number
}

function NothingMatches({ filters, newestMs }: NothingMatchesProps) {
  const { view, setRange, setEnvironments, setAgents } = useViewState()
  const hasFilters = countFilters(filters.values) > 0
  const hasWindow = (view.range !== null && view.range !== ALL_TIME) || view.from !== null || view.to !== null
  const hasScope = view.environment.length + view.agent.length > 0
  return (
    <EmptyState
      title="No batch matches"
      action={
        <>
          {hasFilters ? (
            <Button kind="primary" onClick={filters.clear}>
              Clear the filters
            </Button>
          ) : null}
          {hasWindow ? <Button onClick={() => setRange(ALL_TIME)}>Look at all time</Button> : null}
          {view.environment.length > 0 ? (
            <Button onClick={() => setEnvironments([])}>All environments</Button>
          ) : null}
          {view.agent.length > 0 ? <Button onClick={() => setAgents([])}>All agents</Button> : null}
        </>
      }
    >
      <p>
        {hasFilters || hasScope || hasWindow ? 'Nothing in this window has all that is asked for. ' : ''}
        The newest batch of any kind is from <Timestamp epochMs={newestMs} full />.
      </p>
    </EmptyState>
  )
}
