import type { Metadata } from 'next'
import Link from 'next/link'
import { buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'

export const metadata: Metadata = { title: 'No such tool' }

export default function ToolNotFound() {
  return (
    <EmptyState
      title="No call of this tool was ever recorded"
      action={
        <Link href="/tools" className={buttonClass()} data-kind="primary">
          All tools
        </Link>
      }
    >
      Its name may be mistyped, or its calls have been removed by the retention.
    </EmptyState>
  )
}
