'use client'

import Link from 'next/link'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'

/** The tool is known, but not in this window and scope. */
export function NoCalls({ tool }: { readonly tool: string }) {
  const link = useViewLink()
  const { view, range, setRange, setEnvironments, setAgents } = useViewState()
  return (
    <EmptyState
      title="No call of this tool in this window"
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
          <Link
            href={link('/batches', { tool, range: ALL_TIME, from: null, to: null })}
            className={buttonClass()}
          >
            Its batches
          </Link>
        </>
      }
    >
      It was called at another time, by another agent or in another environment.
    </EmptyState>
  )
}
