import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { formatOdds, suspectWord } from '#lib/alerts/words.ts'
import type { AlertDetail, SuspectAnswer } from '#lib/contract/alerts.ts'
import panels from './panels.module.css'
import styles from './suspects-panel.module.css'

/** Causes that the panel has room for, the best first. */
const SHOWN = 4

/** The likeliest cause and its rivals, each with its odds and why. */
export function SuspectsPanel({ alert }: { readonly alert: AlertDetail }) {
  const { suspects, hypothesis } = alert.evidence
  return (
    <section aria-labelledby="suspects-head">
      <PanelHead id="suspects-head" title="Suspects" note="odds against a change at some other time" />
      {hypothesis === null ? null : <p className={styles.hypothesis}>Best explanation: {hypothesis}</p>}
      {suspects.length === 0 ? (
        <p className={panels.none}>No version, model, mode or request changed when it began.</p>
      ) : (
        <ol className={styles.list}>
          {suspects.slice(0, SHOWN).map((suspect) => (
            <SuspectItem key={`${suspect.kind} ${suspect.value}`} suspect={suspect} />
          ))}
        </ol>
      )}
    </section>
  )
}

function SuspectItem({ suspect }: { readonly suspect: SuspectAnswer }) {
  const { kind, value, before, odds, because } = suspect
  return (
    <li className={styles.suspect} data-likely={odds >= 1 || undefined}>
      <div className={styles.line}>
        <span className={styles.kind}>{suspectWord(kind)}</span>
        {kind === 'time' ? null : (
          <span className={styles.value}>
            <MiddleTruncate text={value} maxChars={26} />
          </span>
        )}
        {before === null ? null : (
          <span className={styles.before}>
            was <MiddleTruncate text={before} maxChars={18} />
          </span>
        )}
        <span className={styles.odds}>{formatOdds(odds)}</span>
      </div>
      <p className={styles.because}>{because}</p>
    </li>
  )
}
