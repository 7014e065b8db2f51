import type { ViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { formatRange } from '#lib/format/time.ts'

/** The window in force as it is said in a clause: `in 24 h`, `in all time`, `in this window`. */
export function windowWords({ range }: Pick<ViewState, 'range'>): string {
  if (range === null) return 'in this window'
  return range === ALL_TIME ? 'in all time' : `in ${formatRange(range) ?? range}`
}
