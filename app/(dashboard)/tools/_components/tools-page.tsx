'use client'

import { useQuery } from '@tanstack/react-query'
import { useQueryStates } from 'nuqs'
import { useRef } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { toolsQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageFoot } from '#components/shell/page-foot.tsx'
import { PageHead } from '#components/shell/page-head.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { KeyHint } from '#components/ui/kbd.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { describeEffective } from '#lib/charts/effective-window.ts'
import { prepareToolRows, type ToolTable } from '#lib/charts/tool-rows.ts'
import { resolveWindow } from '#lib/contract/query.ts'
import type { ToolList } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { formatClock } from '#lib/format/time.ts'
import { NothingRecorded } from '../../_components/nothing-recorded.tsx'
import { walkRows } from '../../_components/walk-rows.ts'
import { FindField } from './find-field.tsx'
import { TOOLS_PARSERS } from './tools-params.ts'
import { ToolsSkeleton } from './tools-skeleton.tsx'
import { ToolsSortControl } from './tools-sort-control.tsx'
import { ToolsTable, WALK } from './tools-table.tsx'

/** Which tool costs us? */
export function ToolsPage() {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const { data, error, dataUpdatedAt, refetch } = useQuery(toolsQuery(filter))
  const [{ sort, order, find }, setState] = useQueryStates(TOOLS_PARSERS, { history: 'push' })
  const table = data ? prepareToolRows(data.tools, { key: sort, order }, find) : null
  const findField = useRef<HTMLInputElement>(null)
  useKeys('Tools', [
    { keys: 'j', label: 'Next row', run: () => walkRows(WALK, 1) },
    { keys: 'k', label: 'Previous row', run: () => walkRows(WALK, -1) },
    { keys: 'Enter', label: 'Open the row' },
    { keys: '/', label: 'Find a tool by its name', run: () => findField.current?.focus() },
  ])
  const setFind = (text: string) => void setState({ find: text === '' ? null : text }, { history: 'replace' })
  const setSort = (key: typeof sort, next: typeof order) => void setState({ sort: key, order: next })
  return (
    <div className={layout.page}>
      <PageHead
        title="Tools"
        note={
          data && table && table.calls > 0 ? (
            <Summary list={data} table={table} asOfMs={dataUpdatedAt} />
          ) : null
        }
        actions={<FindField ref={findField} value={find} onChange={setFind} />}
        filterCount={find === '' ? 0 : 1}
        filters={
          <>
            <FindField value={find} onChange={setFind} />
            <ToolsSortControl sort={{ key: sort, order }} onSort={setSort} />
          </>
        }
      />
      {error ? (
        <ErrorStrip
          what="The tools could not be read"
          cause={describeError(error)}
          meanwhile={data ? `the rows below are from ${formatClock(dataUpdatedAt, zone)}` : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {table === null ? (
        error ? null : (
          <ToolsSkeleton />
        )
      ) : table.calls === 0 ? (
        <NothingRecorded />
      ) : table.rows.length === 0 ? (
        <EmptyState
          title="No tool has this name"
          action={<Button onClick={() => setFind('')}>All tools</Button>}
        />
      ) : (
        <>
          <ToolsTable table={table} sort={{ key: sort, order }} onSort={setSort} />
          <PageFoot note="p50 has a solid edge, p95 a dashed one, p99 a tick">
            <KeyHint keys={['j', 'k']}>row</KeyHint>
            <KeyHint keys={['Enter']}>open</KeyHint>
            <KeyHint keys={['/']}>find</KeyHint>
          </PageFoot>
        </>
      )}
    </div>
  )
}

interface SummaryProps {
  readonly list: ToolList
  readonly table: ToolTable
  readonly asOfMs: number
}

function Summary({ list, table, asOfMs }: SummaryProps) {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const effective = describeEffective(
    resolveWindow(filter, asOfMs),
    { fromMs: list.effective_from, toMs: list.effective_to },
    asOfMs,
    zone,
  )
  return (
    <>
      {formatNoun(list.tools.length, 'tool', 'tools')}, {formatNoun(table.calls, 'call', 'calls')}
      {table.blockedMs > 0 ? `; turns waited ${formatDuration(table.blockedMs)} for one of them alone` : ''}
      {effective === null ? '' : `; ${effective}`}
    </>
  )
}
