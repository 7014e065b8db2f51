import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatOdds, suspectWord } from '#lib/alerts/words.ts'
import type { SuspectAnswer } from '#lib/contract/alerts.ts'
import styles from './suspect-line.module.css'

interface SuspectLineProps {
  readonly suspect: SuspectAnswer | null
  readonly maxChars?: number
}

/** The likeliest cause and how likely: `version 4.12.0, 1,900 to 1`. */
export function SuspectLine({ suspect, maxChars = 28 }: SuspectLineProps) {
  if (suspect === null) return <span className={styles.quiet}>no suspect</span>
  return (
    <span className={styles.suspect} title={`${suspect.because}\nodds ${formatOdds(suspect.odds)}`}>
      <span className={styles.quiet}>{suspectWord(suspect.kind)}</span>
      {suspect.kind === 'time' ? null : (
        <span className={styles.value}>
          <MiddleTruncate text={suspect.value} maxChars={maxChars} />
        </span>
      )}
      <span className={styles.odds}>{formatOdds(suspect.odds)}</span>
    </span>
  )
}
