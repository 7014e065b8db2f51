'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { facetsQuery, histogramQuery } from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { KIND_WORDS } from '#lib/alerts/words.ts'
import { formatNoun } from '#lib/format/number.ts'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import styles from './no-alerts.module.css'
import type { AlertFilters } from './use-alert-filters.ts'

/** No row to show: because nothing was lost, because nothing was watched, or because of what is asked for. */
export function NoAlerts({ filters }: { readonly filters: AlertFilters }) {
  const { view, setRange, setEnvironments, setAgents } = useViewState()
  const link = useViewLink()
  const { values, count, clear, setState } = filters
  const hasWindow = (view.range !== null && view.range !== ALL_TIME) || view.from !== null || view.to !== null
  const hasScope = view.environment.length + view.agent.length > 0
  if (count === 0 && !hasWindow && !hasScope && values.state === 'current')
    return <AllWell filters={filters} />
  return (
    <EmptyState
      title={values.state === 'resolved' ? 'No resolved alert matches' : 'No alert matches'}
      action={
        <>
          {count > 0 ? (
            <Button kind="primary" onClick={clear}>
              Clear the filters
            </Button>
          ) : null}
          {values.state === 'all' ? null : (
            <Button onClick={() => setState('all')}>Alerts in every state</Button>
          )}
          {hasWindow ? <Button onClick={() => setRange(ALL_TIME)}>Look at all time</Button> : null}
          {view.environment.length > 0 ? (
            <Button onClick={() => setEnvironments([])}>All environments</Button>
          ) : null}
          {view.agent.length > 0 ? <Button onClick={() => setAgents([])}>All agents</Button> : null}
          <Link href={link('/batches')} className={buttonClass()}>
            The batches of this view
          </Link>
        </>
      }
    >
      Nothing of what is asked for was lost in this window.
    </EmptyState>
  )
}

function AllWell({ filters: { setState } }: { readonly filters: AlertFilters }) {
  const link = useViewLink()
  const nowMs = useNow(60_000)
  const facets = useQuery(facetsQuery({}))
  const histogram = useQuery(histogramQuery({}))
  const since = histogram.data?.bins.find((bin) => bin.batches > 0)?.from ?? null
  if (histogram.data?.total === 0) {
    return (
      <EmptyState
        title="Nothing is watched yet"
        action={
          <Link href={link('/connect')} className={buttonClass()} data-kind="primary">
            Connect an agent
          </Link>
        }
      >
        Every agent, tool, pair and version is watched from its first batch on; there is nothing to set up.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="Nothing has been lost"
      action={
        <>
          <Button onClick={() => setState('resolved')}>Resolved alerts</Button>
          <Link href={link('/')} className={buttonClass()}>
            Overview
          </Link>
        </>
      }
    >
      {histogram.data && facets.data && since !== null ? (
        <p>
          {formatNoun(facets.data.agents.length, 'agent', 'agents')} and{' '}
          {formatNoun(histogram.data.total, 'batch', 'batches')} watched since{' '}
          <Timestamp epochMs={since} nowMs={nowMs} />, with no alert open. What is watched for:
        </p>
      ) : (
        <p>No alert is open. What is watched for:</p>
      )}
      <ul className={styles.kinds}>
        {ALERT_KINDS.map((kind) => (
          <li key={kind}>
            <KindGlyph kind={kind} />
            <span className={styles.kind}>{kind}</span>
            <span>{KIND_WORDS[kind]}</span>
          </li>
        ))}
      </ul>
    </EmptyState>
  )
}
