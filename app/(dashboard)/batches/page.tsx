import type { Metadata } from 'next'
import { BatchesPage } from '#components/batch/batches-page.tsx'

export const metadata: Metadata = { title: 'Batches' }

export default function Page() {
  return <BatchesPage />
}
