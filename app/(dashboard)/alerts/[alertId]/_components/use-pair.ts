'use client'

import { parseAsInteger, useQueryState } from 'nuqs'
import type { AlertDetail } from '#lib/contract/alerts.ts'

export interface PairChoice {
  /** From 0. */
  readonly index: number
  readonly count: number
  /** Null where there is none. */
  readonly before: string | null
  readonly after: string | null
  readonly step: (by: 1 | -1) => void
}

/** Which of the typical batches stand beside each other, as the address says. */
export function usePair({ evidence }: AlertDetail): PairChoice {
  const [pair, setPair] = useQueryState(
    'pair',
    parseAsInteger.withDefault(1).withOptions({ history: 'replace' }),
  )
  const { batches_before: before, batches_after: after } = evidence
  const count = Math.max(before.length, after.length)
  const index = Math.min(Math.max(0, pair - 1), Math.max(0, count - 1))
  return {
    index,
    count,
    before: pick(before, index),
    after: pick(after, index),
    step: (by) => void setPair(((index + by + count) % Math.max(1, count)) + 1),
  }
}

/** Of fewer batches the last stands beside what is left of the others. */
function pick(ids: readonly string[], index: number): string | null {
  return ids[Math.min(index, ids.length - 1)] ?? null
}
