'use client'

import type { BatchDetail } from '#lib/contract/reads.ts'
import { foldRows } from '#lib/timeline/fold-rows.ts'
import type { FoldRow } from '#lib/timeline/model.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { BatchFacts } from './batch-facts.tsx'
import { CallFacts } from './call-facts.tsx'
import { FoldFacts } from './fold-facts.tsx'

interface FactsPaneProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly selectedKey: string | null
  readonly onSelect: (key: string | null) => void
}

/** The facts of what is selected; of the batch when nothing is. */
export function FactsPane({ batch, prepared, selectedKey, onSelect }: FactsPaneProps) {
  const row = selectedKey === null ? undefined : prepared.timeline.rows.find(({ key }) => key === selectedKey)
  if (row) return <CallFacts batch={batch} prepared={prepared} row={row} onSelect={onSelect} />
  const fold = selectedKey === null ? null : findFold(prepared, selectedKey)
  if (fold) return <FoldFacts fold={fold} onSelect={onSelect} />
  return <BatchFacts batch={batch} prepared={prepared} onSelect={onSelect} />
}

function findFold({ timeline }: PreparedBatch, key: string): FoldRow | null {
  const found = foldRows(timeline.rows, { open: new Set() }).find((row) => row.key === key)
  return found?.kind === 'fold' ? found : null
}
