import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { StatusChip } from '#components/alerts/status-chip.tsx'
import { SuspectLine } from '#components/alerts/suspect-line.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { AlertRow as Row } from '#lib/alerts/list-rows.ts'
import { describeKey, formatEffectValue, KIND_WORDS } from '#lib/alerts/words.ts'
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
  const key = describeKey(alert)
  return (
    <tr className={styles.row} data-status={alert.status} data-left={hasLeft || undefined}>
      <td className={styles.kind} title={KIND_WORDS[alert.kind]}>
        <KindGlyph kind={alert.kind} />
        {alert.kind}
      </td>
      <td className={styles.what}>
        <Link href={href} prefetch={false} className={styles.link} data-walk={WALK} title={alert.summary}>
          {alert.summary}
        </Link>
        <span className={styles.scope}>
          {alert.agent === '*' ? 'every agent' : alert.agent}, {alert.environment}
          {key === null ? null : <span className={styles.key}> {key}</span>}
          {alert.reopened > 0
            ? `, came back ${alert.reopened === 1 ? 'once' : `${alert.reopened} times`}`
            : ''}
          {hasLeft ? ', no longer in this list' : ''}
        </span>
      </td>
      <td className={styles.effect}>
        <Effect alert={alert} />
      </td>
      <td className={styles.suspect}>
        <SuspectLine suspect={alert.suspect} maxChars={22} />
      </td>
      <td className={styles.since}>
        <Timestamp epochMs={alert.onset_at} nowMs={nowMs} />
      </td>
      <td className={styles.lost}>
        <Duration ms={alert.evidence.lost_ms_per_day} none="unknown" />
      </td>
      <td className={styles.status}>
        <StatusChip alert={alert} nowMs={nowMs} />
      </td>
    </tr>
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
      <span className={styles.scope}>{effect.measure}</span>
    </>
  )
}
