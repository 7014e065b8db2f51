'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { FirstBatch } from '#components/batch/first-batch.tsx'
import { newestBatchesQuery } from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'

/** Nothing to sum up: because nothing was ever recorded, or because this window and scope hold nothing. */
export function NothingRecorded() {
  const link = useViewLink()
  const anything = useQuery(newestBatchesQuery({}))
  const newest = anything.data?.batches[0]
  if (anything.isPending) return null
  if (newest) return <NothingHere newestMs={newest.started_at} />
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

function NothingHere({ newestMs }: { readonly newestMs: number }) {
  const { view, range, setRange, setEnvironments, setAgents } = useViewState()
  return (
    <EmptyState
      title="No batch in this window"
      action={
        <>
          {range === ALL_TIME ? null : (
            <Button kind="primary" onClick={() => setRange(ALL_TIME)}>
              Look at all time
            </Button>
          )}
          {view.environment.length > 0 ? (
            <Button onClick={() => setEnvironments([])}>All environments</Button>
          ) : null}
          {view.agent.length > 0 ? <Button onClick={() => setAgents([])}>All agents</Button> : null}
        </>
      }
    >
      <p>
        The newest batch of any kind is from <Timestamp epochMs={newestMs} full />.
      </p>
    </EmptyState>
  )
}
