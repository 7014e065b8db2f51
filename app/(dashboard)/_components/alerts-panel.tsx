'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { describeStatus } from '#components/alerts/status-chip.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { newestAlertsQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { ChevronRightIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { describeKey, formatEffectValue, formatOdds, suspectWord } from '#lib/alerts/words.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatCount } from '#lib/format/number.ts'
import styles from './alerts-panel.module.css'
import { currentAlerts } from './current-alerts.ts'

/** Alerts that the page has room for; the list has them all. */
const SHOWN = 3

/** How many alerts the panel shows, for what must give way to them. */
export function useShownAlerts(filter: FilterQuery): number {
  const { data } = useQuery(newestAlertsQuery(currentAlerts(filter)))
  return Math.min(SHOWN, data?.alerts.length ?? 0)
}

/** What is open, and because of what. */
export function AlertsPanel({ filter }: { readonly filter: FilterQuery }) {
  const link = useViewLink()
  const nowMs = useNow(10_000)
  const { data, error, refetch } = useQuery(newestAlertsQuery(currentAlerts(filter)))
  const over = useQuery(newestAlertsQuery({ ...currentAlerts(filter), state: 'resolved', range: '24h' }))
  const alerts = data?.alerts ?? []
  return (
    <section aria-labelledby="alerts-head">
      <PanelHead
        id="alerts-head"
        title="Open alerts"
        note={
          <>
            {data === undefined ? '' : describeCounts(alerts, data.next_cursor !== null)}
            {over.data && over.data.alerts.length > 0
              ? `; ${formatCount(over.data.alerts.length)} resolved in 24 h`
              : ''}
          </>
        }
      >
        <Link href={link('/alerts')} className={styles.all}>
          {alerts.length > SHOWN ? `All ${formatCount(alerts.length)}` : 'All alerts'}
          <ChevronRightIcon />
        </Link>
      </PanelHead>
      {error ? (
        <ErrorStrip
          what="Alerts could not be read"
          cause={describeError(error)}
          meanwhile={data ? 'those below are older' : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {alerts.length === 0 ? null : (
        <ul className={styles.rows}>
          {alerts.slice(0, SHOWN).map((alert) => (
            <Row key={alert.id} alert={alert} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </section>
  )
}

function describeCounts(alerts: readonly Alert[], isMore: boolean): string {
  if (alerts.length === 0) return 'none: nothing that was watched has been lost'
  const open = alerts.filter((alert) => alert.status === 'open').length
  const others = alerts.length - open
  const more = isMore ? ' or more' : ''
  return others === 0
    ? `${formatCount(open)} open${more}`
    : `${formatCount(open)} open, ${formatCount(others)} seen to${more}`
}

interface RowProps {
  readonly alert: Alert
  readonly nowMs: number | null
}

function Row({ alert, nowMs }: RowProps) {
  const link = useViewLink()
  return (
    <li className={styles.row}>
      <KindGlyph kind={alert.kind} />
      <div className={styles.words}>
        <p className={styles.line}>
          <Link
            href={link(`/alerts/${encodeURIComponent(alert.id)}`)}
            prefetch={false}
            className={styles.link}
            title={alert.summary}
          >
            {alert.kind}
          </Link>
          <span className={styles.name}>
            <MiddleTruncate text={nameOf(alert)} maxChars={44} />
          </span>
          <span className={styles.age}>{describeStatus(alert, nowMs)}</span>
        </p>
        <p className={styles.fact}>{describeEffect(alert)}</p>
        <p className={styles.fact}>
          suspect <Suspect alert={alert} />
        </p>
      </div>
    </li>
  )
}

function nameOf(alert: Alert): string {
  const key = describeKey(alert)
  if (alert.agent === '*') return key ?? 'every agent'
  return key === null ? alert.agent : `${alert.agent}: ${key}`
}

function describeEffect({ evidence, environment }: Alert): string {
  const { effect, lost_ms_per_batch: lost } = evidence
  const cost = lost === null ? '' : `; ${formatDuration(lost)} lost a batch`
  if (effect === null) return `${environment}${cost}`
  const from = effect.before === null ? '' : `${formatEffectValue(effect, effect.before)} to `
  return `${effect.measure} ${from}${formatEffectValue(effect, effect.after)}, ${environment}${cost}`
}

function Suspect({ alert: { suspect } }: Pick<RowProps, 'alert'>) {
  if (suspect === null) return 'none: nothing changed that explains it'
  return (
    <span className={styles.suspect} title={suspect.because}>
      {suspectWord(suspect.kind)}
      {suspect.kind === 'time' ? null : (
        <code className={styles.value}>
          <MiddleTruncate text={suspect.value} maxChars={28} />
        </code>
      )}
      , odds {formatOdds(suspect.odds)}
    </span>
  )
}
