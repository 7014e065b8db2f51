'use client'

import Link from 'next/link'
import { NewsStrip } from '#components/batch/news-strip.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageFoot } from '#components/shell/page-foot.tsx'
import { PageHead } from '#components/shell/page-head.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { KeyHint } from '#components/ui/kbd.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { statusWord } from '#lib/alerts/words.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatClock } from '#lib/format/time.ts'
import { ALERT_STATUSES } from '#lib/model/alert.ts'
import { walkRows } from '../../_components/walk-rows.ts'
import { AlertFilterBar } from './alert-filter-bar.tsx'
import { WALK } from './alert-row.tsx'
import styles from './alerts-page.module.css'
import { AlertsSkeleton } from './alerts-skeleton.tsx'
import { AlertsTable } from './alerts-table.tsx'
import { NoAlerts } from './no-alerts.tsx'
import { useAlertFilters } from './use-alert-filters.ts'
import { type AlertListState, useAlertList } from './use-alert-list.ts'

/** What was lost, since when, because of what? */
export function AlertsPage() {
  const filters = useAlertFilters()
  const list = useAlertList(filters.filter)
  useKeys('Alerts', [
    { keys: 'j', label: 'Next row', run: () => walkRows(WALK, 1) },
    { keys: 'k', label: 'Previous row', run: () => walkRows(WALK, -1) },
    { keys: 'Enter', label: 'Open the row' },
    { keys: '.', label: 'Show what is new', run: list.showNews },
  ])
  return (
    <div className={layout.page}>
      <PageHead
        title="Alerts"
        note={<Counts list={list} />}
        actions={<AlertFilterBar filters={filters} />}
        filters={<AlertFilterBar filters={filters} />}
        filterCount={filters.count}
      />
      <ListError list={list} />
      {list.isLoading ? (
        list.error === null ? (
          <AlertsSkeleton />
        ) : null
      ) : (
        <Rows list={list} filters={filters} />
      )}
    </div>
  )
}

/** How many of each status stand in the list: `2 open, 1 acknowledged`. */
function Counts({ list: { rows, hasMore } }: { readonly list: AlertListState }) {
  const parts = ALERT_STATUSES.flatMap((status) => {
    const count = rows.filter(({ alert }) => alert.status === status).length
    return count === 0 ? [] : [`${formatCount(count)} ${statusWord(status)}`]
  })
  if (parts.length === 0) return null
  return (
    <>
      {parts.join(', ')}
      {hasMore ? ', and more' : ''}
    </>
  )
}

function ListError({ list }: { readonly list: AlertListState }) {
  const { zone } = useTimeZone()
  if (list.error === null) return null
  return (
    <ErrorStrip
      what="Alerts could not be read"
      cause={describeError(list.error)}
      meanwhile={
        list.rows.length === 0 ? undefined : `the rows below were read at ${formatClock(list.readAtMs, zone)}`
      }
      onRetry={list.retry}
    />
  )
}

interface RowsProps {
  readonly list: AlertListState
  readonly filters: ReturnType<typeof useAlertFilters>
}

function Rows({ list, filters }: RowsProps) {
  const link = useViewLink()
  const { view } = useViewState()
  if (list.rows.length === 0) return list.error === null ? <NoAlerts filters={filters} /> : null
  return (
    <>
      <NewsStrip
        news={{ count: list.arrivals.length, isAtLeast: false, failing: 0 }}
        newestMs={list.rows[0]?.alert.detected_at ?? null}
        isFollowing={view.live}
        onShow={list.showNews}
        subject="alerts"
      />
      <div className={styles.scroll}>
        <AlertsTable rows={list.rows} />
        {list.hasMore ? (
          <div className={styles.more}>
            <Button onClick={list.readMore} disabled={list.isReadingMore}>
              {list.isReadingMore ? 'Reading older alerts' : 'Older alerts'}
            </Button>
          </div>
        ) : null}
      </div>
      <PageFoot note="lost a day is an estimate; odds are against a change at some other time">
        <Link href={link('/settings')} className={styles.told}>
          Who is told
        </Link>
        <KeyHint keys={['j', 'k']}>row</KeyHint>
        <KeyHint keys={['Enter']}>open</KeyHint>
        <KeyHint keys={['.']}>show new</KeyHint>
      </PageFoot>
    </>
  )
}
