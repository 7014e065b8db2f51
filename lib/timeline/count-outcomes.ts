import type { OutcomeCounts } from '#lib/contract/reads.ts'
import type { CallRow } from './model.ts'

/**
 * How the calls of a batch ended: each once, as its last attempt did. The counts add up to the batch's size,
 * however often a call was tried.
 */
export function countOutcomes(rows: readonly CallRow[]): OutcomeCounts {
  const counts = { ok: 0, error: 0, timeout: 0, cancelled: 0, 'never-ran': 0, unknown: 0 }
  for (const row of rows) counts[row.outcome]++
  return counts
}
