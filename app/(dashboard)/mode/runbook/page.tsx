import type { Metadata } from 'next'
import { readModeRunbook } from '#app/_data/runbook.ts'
import { parseMarkdown } from '#lib/format/markdown.ts'
import { Runbook } from './_components/runbook.tsx'

export const metadata: Metadata = { title: 'Runbook of parallel mode' }

export default async function Page() {
  return <Runbook blocks={parseMarkdown(await readModeRunbook())} />
}
