import type { Overview } from '#lib/contract/reads.ts'
import { formatCount, formatNoun, formatPercent } from '#lib/format/number.ts'

/**
 * Whether what is drawn is all there was, clause by clause: calls that models emitted against calls recorded,
 * calls that never ran, and what was refused. The last are counted since the store began, and say so.
 */
export function describeCompleteness({
  now,
  completeness,
}: Pick<Overview, 'now' | 'completeness'>): string[] {
  const { emitted, recorded, duplicates, conflicts, rejected } = completeness
  const missing = emitted - recorded
  const clauses = [
    emitted === 0
      ? 'nobody said how many calls were emitted'
      : missing > 0
        ? `${formatCount(missing)} of ${formatNoun(emitted, 'emitted call', 'emitted calls')} missing (${formatPercent(missing / emitted)})`
        : 'every emitted call recorded',
  ]
  if (now.never_ran > 0) clauses.push(`${formatCount(now.never_ran)} never ran`)
  const refused = [
    duplicates > 0 ? `${formatCount(duplicates)} sent twice` : '',
    conflicts > 0 ? `${formatCount(conflicts)} sent twice with other content` : '',
    rejected > 0 ? `${formatCount(rejected)} rejected` : '',
  ].filter((clause) => clause !== '')
  if (refused.length > 0) clauses.push(`ever: ${refused.join(', ')}`)
  return clauses
}
