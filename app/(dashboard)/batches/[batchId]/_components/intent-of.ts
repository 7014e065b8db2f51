import type { BatchDetail } from '#lib/contract/reads.ts'
import type { Intent } from '#lib/model/batch.ts'

/** What decides how much the calls of a batch may overlap. */
export function intentOf({ mode, concurrency, tool_caps }: BatchDetail): Intent {
  return { mode, concurrency, toolCaps: tool_caps === null ? null : new Map(Object.entries(tool_caps)) }
}
