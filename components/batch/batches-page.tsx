'use client'

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useChartMarkers } from '#components/charts/use-chart-markers.ts'
import { describeError } from '#components/query/fetch-json.ts'
import { histogramQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageFoot } from '#components/shell/page-foot.tsx'
import { PageHead } from '#components/shell/page-head.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { KeyHint } from '#components/ui/kbd.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { resolveWindow } from '#lib/contract/query.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatClock } from '#lib/format/time.ts'
import { BatchTable } from './batch-table.tsx'
import { BatchTableHead } from './batch-table-head.tsx'
import styles from './batches-page.module.css'
import { EmptyList } from './empty-list.tsx'
import { FilterBar, FilterChips } from './filter-bar.tsx'
import { countFilters } from './filter-kinds.ts'
import { Histogram } from './histogram.tsx'
import { spanOf } from './histogram-model.ts'
import { ListFoot } from './list-foot.tsx'
import { FirstListSkeleton } from './list-skeleton.tsx'
import { NewsStrip } from './news-strip.tsx'
import { SearchField } from './search-field.tsx'
import { SortControl } from './sort-control.tsx'
import { type BatchFilters, useBatchFilters } from './use-batch-filters.ts'
import { type BatchListState, useBatchList } from './use-batch-list.ts'
import { useListPosition } from './use-list-position.ts'

/** Find the batch: filters, when they ran, and every batch with its shape. */
export function BatchesPage() {
  const filters = useBatchFilters()
  const list = useBatchList(filters.filter, filters.sort)
  const matching = useQuery(histogramQuery(filters.filter))
  const total = matching.data && !matching.isPlaceholderData ? matching.data.total : null
  return (
    <div className={layout.page}>
      <PageHead
        title="Batches"
        note={<MatchCount filters={filters} total={total} />}
        filterCount={countFilters(filters.values)}
        filters={
          <>
            <FilterChips filters={filters} />
            <div className={styles.sheetRow}>
              <SearchField filters={filters} />
              <SortControl filters={filters} />
            </div>
          </>
        }
      />
      <FilterBar filters={filters} />
      <HistogramPane filters={filters} isListFailing={list.error !== null} />
      <ListPane
        key={JSON.stringify([filters.filter, filters.sort])}
        filters={filters}
        list={list}
        total={total}
      />
    </div>
  )
}

interface MatchCountProps {
  readonly filters: BatchFilters
  readonly total: number | null
}

function MatchCount({ filters, total }: MatchCountProps) {
  const hasFilters = countFilters(filters.values) > 0
  const all = useQuery({ ...histogramQuery(filters.scope), enabled: hasFilters })
  if (total === null) return null
  return (
    <>
      <span className={styles.count}>{formatCount(total)}</span>
      {hasFilters && all.data ? (
        <span className={styles.of}> match of {formatCount(all.data.total)}</span>
      ) : null}
    </>
  )
}

interface HistogramPaneProps {
  readonly filters: BatchFilters
  /** The list says why nothing can be read: once is enough. */
  readonly isListFailing: boolean
}

function HistogramPane({ filters, isListFailing }: HistogramPaneProps) {
  const { setWindow } = useViewState()
  const { data, dataUpdatedAt, error, refetch } = useQuery(histogramQuery(filters.filter))
  const markers = useChartMarkers(filters.filter)
  if (!data && error && !isListFailing) {
    const retry = () => void refetch()
    return (
      <ErrorStrip
        what="The batches over time could not be read"
        cause={describeError(error)}
        onRetry={retry}
      />
    )
  }
  if (!data) return <div className={styles.histogramSpace} />
  const span = spanOf(data, resolveWindow(filters.filter, dataUpdatedAt), dataUpdatedAt)
  return span === null || data.total === 0 ? null : (
    <Histogram histogram={data} span={span} markers={markers} onZoom={setWindow} />
  )
}

interface ListPaneProps {
  readonly filters: BatchFilters
  readonly list: BatchListState
  readonly total: number | null
}

function ListPane({ filters, list, total }: ListPaneProps) {
  const { view } = useViewState()
  const position = useListPosition(list)
  const [isStopped, setStopped] = useState(false)
  const [isPointerIn, setPointerIn] = useState(false)
  // Following moves rows: it waits while a person is reading or has gone down the list.
  const isFollowing = view.live && position.isAtTop && !isPointerIn && position.activeId === null
  const { news, showNews, rows } = list
  const isEmpty = rows.length === 0
  useEffect(() => {
    if (news.count > 0 && (isFollowing || isEmpty)) showNews()
  }, [news.count, isFollowing, isEmpty, showNews])

  if (list.isLoading && list.error === null) {
    return (
      <div className={styles.loading}>
        <FirstListSkeleton />
      </div>
    )
  }
  return (
    <>
      <ListError list={list} />
      {isEmpty && !list.hasMore && list.error === null ? <EmptyList filters={filters} /> : null}
      {isEmpty && !list.hasMore ? null : (
        <section
          className={styles.list}
          aria-label="Batches"
          onPointerEnter={(event) => setPointerIn(event.pointerType === 'mouse')}
          onPointerLeave={() => setPointerIn(false)}
        >
          <BatchTable
            {...position.table}
            rows={rows}
            total={total}
            head={<BatchTableHead sort={filters.sort} onSort={filters.setSort} />}
            strip={
              <NewsStrip
                news={news}
                newestMs={rows[0]?.started_at ?? null}
                isFollowing={isFollowing}
                onShow={position.showNews}
              />
            }
            foot={<ListFoot list={list} isStopped={isStopped} onStop={setStopped} />}
            onNearEnd={isStopped ? doNothing : position.readMore}
          />
          <ListPosition position={position.index} total={total} />
        </section>
      )}
    </>
  )
}

const doNothing = () => {}

function ListError({ list }: { readonly list: BatchListState }) {
  const { zone } = useTimeZone()
  if (list.error === null || (list.rows.length > 0 && list.hasMore)) return null
  const meanwhile =
    list.rows.length === 0 ? undefined : `the rows below were read at ${formatClock(list.readAtMs, zone)}`
  return (
    <ErrorStrip
      what="Batches could not be read"
      cause={describeError(list.error)}
      meanwhile={meanwhile}
      onRetry={list.retry}
    />
  )
}

interface ListPositionProps {
  /** Of the active row, from 0; -1 for none. */
  readonly position: number
  readonly total: number | null
}

function ListPosition({ position, total }: ListPositionProps) {
  const of = total === null ? '' : ` of ${formatCount(total)}`
  return (
    <PageFoot note={position < 0 ? '' : `row ${formatCount(position + 1)}${of}`}>
      <KeyHint keys={['j', 'k']}>row</KeyHint>
      <KeyHint keys={['Enter']}>open</KeyHint>
      <KeyHint keys={['/']}>id</KeyHint>
      <KeyHint keys={['.']}>show new</KeyHint>
    </PageFoot>
  )
}
