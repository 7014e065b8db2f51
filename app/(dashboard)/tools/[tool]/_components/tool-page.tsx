'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { describeError } from '#components/query/fetch-json.ts'
import { toolQuery } from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { PageHead } from '#components/shell/page-head.tsx'
import { buttonClass } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { EffectLetter } from '#components/ui/glyphs.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { describeEffective } from '#lib/charts/effective-window.ts'
import { resolveWindow } from '#lib/contract/query.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { formatClock, formatWindow } from '#lib/format/time.ts'
import type { Effect } from '#lib/model/vocabulary.ts'
import { walkRows } from '../../../_components/walk-rows.ts'
import { ConcurrencyPanel } from './concurrency-panel.tsx'
import { LatencyPanel } from './latency-panel.tsx'
import { NoCalls } from './no-calls.tsx'
import { AgentPanel, OutcomePanel, SizeBandPanel, VersionPanel } from './part-panels.tsx'
import { SlowestCalls, WALK } from './slowest-calls.tsx'
import { ToolFigures } from './tool-figures.tsx'
import styles from './tool-page.module.css'
import { ToolSkeleton } from './tool-skeleton.tsx'

const TITLE_CHARS = 48

/** What does this tool cost, when, and beside whom? */
export function ToolPage({ tool }: { readonly tool: string }) {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const link = useViewLink()
  const router = useRouter()
  const { data, error, dataUpdatedAt, refetch } = useQuery(toolQuery(tool, filter))
  useKeys('Tool', [
    { keys: 'j', label: 'Next of the slowest calls', run: () => walkRows(WALK, 1) },
    { keys: 'k', label: 'Previous of them', run: () => walkRows(WALK, -1) },
    { keys: 'Enter', label: 'Open the call in its batch' },
    { keys: 'Escape', label: 'All tools', run: () => router.push(link('/tools')) },
  ])
  return (
    <div className={styles.page}>
      <PageHead
        title={middleTruncate(tool, TITLE_CHARS)}
        note={data ? <EffectNote effect={data.effect} /> : null}
        actions={<ToolLinks tool={tool} />}
        filters={<ToolLinks tool={tool} />}
      />
      {error ? (
        <ErrorStrip
          what="The tool could not be read"
          cause={describeError(error)}
          meanwhile={data ? `what is below is from ${formatClock(dataUpdatedAt, zone)}` : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {data ? <ToolBody detail={data} asOfMs={dataUpdatedAt} /> : error ? null : <ToolSkeleton />}
    </div>
  )
}

function ToolLinks({ tool }: { readonly tool: string }) {
  const link = useViewLink()
  return (
    <>
      <Link href={link('/batches', { slowest_tool: tool })} className={buttonClass()} data-kind="plain">
        Where it was slowest
      </Link>
      <Link href={link('/batches', { tool })} className={buttonClass()}>
        Its batches
      </Link>
    </>
  )
}

const EFFECT_WORDS: Record<Effect, string> = {
  read: 'reads',
  write: 'writes',
  'read-modify-write': 'reads, then writes',
  unknown: 'effect unknown: counts as a write',
}

function EffectNote({ effect }: { readonly effect: Effect }) {
  return (
    <span className={styles.effect}>
      <EffectLetter effect={effect} /> <span className={styles.effectWords}>{EFFECT_WORDS[effect]}</span>
    </span>
  )
}

interface ToolBodyProps {
  readonly detail: ToolDetail
  readonly asOfMs: number
}

function ToolBody({ detail, asOfMs }: ToolBodyProps) {
  if (detail.calls === 0) return <NoCalls tool={detail.tool} />
  return (
    <>
      <ToolFigures detail={detail} />
      <Coverage detail={detail} asOfMs={asOfMs} />
      <div className={styles.columns}>
        <div className={styles.left}>
          <LatencyPanel detail={detail} asOfMs={asOfMs} />
          <ConcurrencyPanel rows={detail.by_concurrency} />
          <SizeBandPanel rows={detail.by_size} />
          <AgentPanel rows={detail.by_agent} />
        </div>
        <div className={styles.right}>
          <OutcomePanel rows={detail.by_outcome} />
          <VersionPanel rows={detail.by_version} />
          <SlowestCalls calls={detail.slowest_calls} asOfMs={asOfMs} />
        </div>
      </div>
    </>
  )
}

/** Said only where the figures do not cover exactly what was asked for. */
function Coverage({ detail, asOfMs }: ToolBodyProps) {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const { effective_from: fromMs, effective_to: toMs, breakdowns_from: partsFromMs } = detail
  const effective = describeEffective(resolveWindow(filter, asOfMs), { fromMs, toMs }, asOfMs, zone)
  const isPartial = partsFromMs !== null && (fromMs === null || partsFromMs > fromMs)
  if (effective === null && !isPartial) return null
  const parts = formatWindow(partsFromMs, toMs, zone, asOfMs)
  return (
    <p className={styles.coverage}>
      {effective === null ? '' : `The figures are ${effective}. `}
      {isPartial
        ? `The parts by size, concurrency, agent, version and outcome are measured only ${parts}.`
        : ''}
    </p>
  )
}
