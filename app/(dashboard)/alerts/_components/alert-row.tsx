import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { StatusChip } from '#components/alerts/status-chip.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { AlertRow as Row } from '#lib/alerts/list-rows.ts'
import { formatEffectValue, formatOdds, KIND_WORDS, suspectWord } from '#lib/alerts/words.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import styles from './alerts-table.module.css'

/** Name of the rows among those that the keys walk. */
export const WALK = 'alerts'

interface AlertRowProps {
  readonly row: Row
  readonly href: string
  readonly nowMs: number | null
}

/** One alert: a link over the whole row, its facts in cells. */
export function AlertRow({ row: { alert, hasLeft }, href, nowMs }: AlertRowProps) {
  return (
    <tr className={styles.row} data-status={alert.status} data-left={hasLeft || undefined}>
      <td className={styles.kind} title={KIND_WORDS[alert.kind]}>
        <KindGlyph kind={alert.kind} />
        {alert.kind}
        <span className={styles.second}>
          <MiddleTruncate text={alert.environment} maxChars={18} />
        </span>
      </td>
      <td className={styles.what}>
        <Link href={href} prefetch={false} className={styles.link} data-walk={WALK} title={alert.summary}>
          {alert.summary}
        </Link>
      </td>
      <td className={styles.effect}>
        <Effect alert={alert} />
      </td>
      <td className={styles.suspect}>
        <Suspect suspect={alert.suspect} />
      </td>
      <td className={styles.since}>
        <Timestamp epochMs={alert.onset_at} nowMs={nowMs} />
        {alert.reopened > 0 ? <span className={styles.second}>came back {times(alert.reopened)}</span> : null}
      </td>
      <td className={styles.lost}>
        <Duration ms={alert.evidence.lost_ms_per_day} none="unknown" />
      </td>
      <td className={styles.status}>
        <StatusChip alert={alert} nowMs={nowMs} />
        {hasLeft ? <span className={styles.second}>no longer in this list</span> : null}
      </td>
    </tr>
  )
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function Suspect({ suspect }: Pick<Alert, 'suspect'>) {
  if (suspect === null) return <span className={styles.quiet}>no suspect</span>
  return (
    <>
      <span className={styles.culprit} title={suspect.because}>
        <span className={styles.before}>{suspectWord(suspect.kind)}</span>
        {suspect.kind === 'time' ? null : (
          <span className={styles.value}>
            <MiddleTruncate text={suspect.value} maxChars={22} />
          </span>
        )}
      </span>
      <span className={styles.second}>odds {formatOdds(suspect.odds)}</span>
    </>
  )
}

function Effect({ alert: { evidence } }: { readonly alert: Alert }) {
  const { effect } = evidence
  if (effect === null) return <span className={styles.quiet}>not measured</span>
  return (
    <>
      <span className={styles.values}>
        <span className={styles.before}>{formatEffectValue(effect, effect.before)}</span>
        <span className={styles.to}> to </span>
        {formatEffectValue(effect, effect.after)}
      </span>
      <span className={styles.second}>{effect.measure}</span>
    </>
  )
}
