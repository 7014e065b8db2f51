import type { Metadata } from 'next'
import Link from 'next/link'
import { buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <EmptyState
      title="There is no such page"
      action={
        <>
          <Link href="/batches" className={buttonClass()} data-kind="primary">
            Batches
          </Link>
          <Link href="/" className={buttonClass()}>
            Overview
          </Link>
        </>
      }
    >
      The address may be mistyped, or what it named has been removed by the retention.
    </EmptyState>
  )
}
