'use client'

import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'

/** What Next hands to an error boundary. */
export interface PageErrorProps {
  readonly error: unknown
  readonly retry: () => void
}

/** A page that could not be drawn: what is known of the cause, and a way to try again. */
export function PageError({ error, retry }: PageErrorProps) {
  return (
    <EmptyState
      title="This page could not be shown"
      action={
        <Button kind="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      {describe(error)}
    </EmptyState>
  )
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'The cause is unknown.'
  // In production the server hides its message from the browser and leaves a digest that its log repeats.
  const digest = 'digest' in error && typeof error.digest === 'string' ? error.digest : null
  return digest === null ? error.message : `The server's log names the cause under digest ${digest}.`
}
