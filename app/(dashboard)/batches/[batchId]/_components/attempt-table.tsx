import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatFixed } from '#lib/timeline/fixed.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import { prepareTable, tableDecimals } from '#lib/timeline/table-rows.ts'
import styles from './attempt-table.module.css'
import { FactGroup } from './facts.tsx'

/** Every try of one call: when, how long, how it ended. */
export function AttemptTable({ row }: { readonly row: CallRow }) {
  const attempts = prepareTable([row])
  const decimals = Math.min(1, tableDecimals(attempts))
  const time = (us: number | null) => (us === null ? 'none' : formatFixed(us / 1000, decimals))
  return (
    <FactGroup title="Attempts" note="ms">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">start</th>
            <th scope="col">duration</th>
            <th scope="col">outcome</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.key}>
              <td>{attempt.attempt ?? row.attempts}</td>
              <td>{time(attempt.startUs)}</td>
              <td>
                {time(
                  attempt.startUs === null || attempt.endUs === null ? null : attempt.endUs - attempt.startUs,
                )}
              </td>
              <td>
                <span className={styles.outcome}>
                  <OutcomeGlyph
                    outcome={attempt.outcome}
                    label={attempt.errorCode === null ? null : OUTCOME_WORDS[attempt.outcome]}
                  />
                  {attempt.errorCode === null ? (
                    OUTCOME_WORDS[attempt.outcome]
                  ) : (
                    <MiddleTruncate text={attempt.errorCode} maxChars={15} />
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </FactGroup>
  )
}
