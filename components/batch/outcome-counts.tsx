import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import type { OutcomeCounts as Counts } from '#lib/contract/reads.ts'
import { formatCount } from '#lib/format/number.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import styles from './outcome-counts.module.css'

/** How the calls of a batch ended: a glyph and a count for each outcome that occurs, ok first. */
export function OutcomeCounts({ counts }: { readonly counts: Counts }) {
  return (
    <span className={styles.counts}>
      {OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => (
        <span
          key={outcome}
          className={styles.count}
          data-outcome={outcome}
          title={`${formatCount(counts[outcome])} ${OUTCOME_WORDS[outcome]}`}
        >
          <OutcomeGlyph outcome={outcome} />
          {formatCount(counts[outcome])}
        </span>
      ))}
    </span>
  )
}
