import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { alertDetailSchema, alertListSchema } from '#lib/contract/alerts.ts'
import { channelListSchema, deliveryListSchema } from '#lib/contract/channels.ts'
import { couplingSchema } from '#lib/contract/coupling.ts'
import { markersSchema } from '#lib/contract/markers.ts'
import { executorsSchema, modeAuditSchema, modeSchema } from '#lib/contract/mode.ts'
import { type ComparisonQuery, comparisonSchema } from '#lib/contract/mode-comparison.ts'
import { otlpReceiptSchema } from '#lib/contract/otlp.ts'
import type { AlertQuery, CouplingQuery, FilterQuery, MarkerQuery, WindowQuery } from '#lib/contract/query.ts'
import {
  batchDetailSchema,
  batchHistogramSchema,
  batchListSchema,
  batchSizesSchema,
  facetsSchema,
  overviewSchema,
  siblingsSchema,
  toolDetailSchema,
  toolListSchema,
} from '#lib/contract/reads.ts'
import { fetchJson } from './fetch-json.ts'
import { type Sort, toSearchParams } from './view-state.ts'

/*
 * Every read of the contract as one value: key, fetcher and type. The first part of a key says what kind of
 * thing it is, so that a change on the stream can invalidate by kind. Pages prefetch with the same options
 * and a `queryFn` of their own, because a server never fetches from itself over HTTP.
 */

function url(path: string, query: Readonly<Record<string, unknown>>): string {
  const params = toSearchParams(query).toString()
  return params === '' ? path : `${path}?${params}`
}

/** Rows of one page of the list. */
const BATCH_PAGE_SIZE = 50

/** The list, newest page first; each page param is the cursor of the contract. */
export function batchesQuery(filter: FilterQuery, sort: Sort) {
  return infiniteQueryOptions({
    queryKey: ['batches', filter, sort] as const,
    queryFn: ({ pageParam, signal }) =>
      fetchJson(
        url('/api/v1/batches', { ...filter, ...sort, limit: BATCH_PAGE_SIZE, cursor: pageParam }),
        batchListSchema,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Rows move only when a person asks for it: the stream announces what is new.
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The newest rows of a filter, to find what has come since a list was read. */
export function newestBatchesQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['newest-batches', filter] as const,
    queryFn: ({ signal }) =>
      fetchJson(url('/api/v1/batches', { ...filter, limit: BATCH_PAGE_SIZE }), batchListSchema, { signal }),
  })
}

export function batchQuery(batchId: string) {
  return queryOptions({
    queryKey: ['batch', batchId] as const,
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/batches/${encodeURIComponent(batchId)}`, batchDetailSchema, { signal }),
  })
}

export function histogramQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['histogram', filter] as const,
    queryFn: ({ signal }) =>
      fetchJson(url('/api/v1/batches/histogram', filter), batchHistogramSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function facetsQuery(window: WindowQuery) {
  return queryOptions({
    queryKey: ['facets', window] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/facets', { ...window }), facetsSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function toolsQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['tools', filter] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/tools', filter), toolListSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function toolQuery(tool: string, filter: FilterQuery) {
  return queryOptions({
    queryKey: ['tool', tool, filter] as const,
    queryFn: ({ signal }) =>
      fetchJson(url(`/api/v1/tools/${encodeURIComponent(tool)}`, filter), toolDetailSchema, { signal }),
    // The figures of the old window stand in for the new one's, but never those of another tool.
    placeholderData: (previous, query) => (query?.queryKey[1] === tool ? previous : undefined),
  })
}

export function batchSizesQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['batch-sizes', filter] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/batch-sizes', filter), batchSizesSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function siblingsQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['siblings', filter] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/siblings', filter), siblingsSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function couplingQuery(query: CouplingQuery) {
  return queryOptions({
    queryKey: ['coupling', query] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/coupling', query), couplingSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function overviewQuery(filter: FilterQuery) {
  return queryOptions({
    queryKey: ['overview', filter] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/overview', filter), overviewSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function modeQuery() {
  return queryOptions({
    queryKey: ['mode'] as const,
    queryFn: ({ signal }) => fetchJson('/api/v1/mode', modeSchema, { signal }),
  })
}

export function executorsQuery() {
  return queryOptions({
    queryKey: ['executors'] as const,
    queryFn: ({ signal }) => fetchJson('/api/v1/mode/executors', executorsSchema, { signal }),
  })
}

export function auditQuery() {
  return queryOptions({
    queryKey: ['audit'] as const,
    queryFn: ({ signal }) => fetchJson('/api/v1/mode/audit', modeAuditSchema, { signal }),
  })
}

/** What became of exported spans. */
export function otlpReceiptQuery() {
  return queryOptions({
    queryKey: ['otlp-receipt'] as const,
    queryFn: ({ signal }) => fetchJson('/api/v1/otlp/receipt', otlpReceiptSchema, { signal }),
  })
}

/** What is not read yet is asked for again at once: an answer goes on where the last one ended. */
const READ_ON_MS = 120
const COMPARE_EVERY_MS = 5_000

export function comparisonQuery(scope: ComparisonQuery) {
  return queryOptions({
    queryKey: ['comparison', scope] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/mode/comparison', scope), comparisonSchema, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === false ? READ_ON_MS : COMPARE_EVERY_MS),
  })
}

export function channelsQuery() {
  return queryOptions({
    queryKey: ['channels'] as const,
    queryFn: ({ signal }) => fetchJson('/api/v1/channels', channelListSchema, { signal }),
  })
}

/** What a channel was told, newest first. */
export function deliveriesQuery(channelId: string) {
  return queryOptions({
    queryKey: ['deliveries', channelId] as const,
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/channels/${encodeURIComponent(channelId)}/deliveries?limit=20`, deliveryListSchema, {
        signal,
      }),
  })
}

/** Alerts of one page of the list. */
const ALERT_PAGE_SIZE = 100

/** Alerts, newest detection first; each page param is the cursor of the contract. */
export function alertsQuery(query: AlertQuery) {
  return infiniteQueryOptions({
    queryKey: ['alerts', query] as const,
    queryFn: ({ pageParam, signal }) =>
      fetchJson(
        url('/api/v1/alerts', { limit: ALERT_PAGE_SIZE, ...query, cursor: pageParam }),
        alertListSchema,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })
}

/** As many as one answer holds: enough to count what is open, and to look for what belongs together. */
export const MOST_ALERTS = 200

/** The newest alerts of a filter in one answer. */
export function newestAlertsQuery(query: AlertQuery) {
  return queryOptions({
    queryKey: ['alerts', 'newest', query] as const,
    queryFn: ({ signal }) =>
      fetchJson(url('/api/v1/alerts', { limit: MOST_ALERTS, ...query }), alertListSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

/** What is open, acknowledged or silenced anywhere: the count of the rail. */
export const CURRENT_ALERTS: AlertQuery = { state: 'current' }

export function alertQuery(alertId: string) {
  return queryOptions({
    queryKey: ['alert', alertId] as const,
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/alerts/${encodeURIComponent(alertId)}`, alertDetailSchema, { signal }),
  })
}

/** What changed when, for the time axes. */
export function markersQuery(query: MarkerQuery) {
  return queryOptions({
    queryKey: ['markers', query] as const,
    queryFn: ({ signal }) => fetchJson(url('/api/v1/markers', { ...query }), markersSchema, { signal }),
    placeholderData: keepPreviousData,
  })
}

/** Kinds of query whose answers are computed from derived state. */
export const DERIVED_KINDS = ['tools', 'tool', 'batch-sizes', 'siblings', 'overview', 'markers'] as const
/** Kinds that change with an alert. */
export const ALERT_KINDS_OF_QUERY = ['alerts', 'alert', 'markers', 'batch'] as const
/** Kinds that change with every stored batch. The list itself is not among them: it announces. */
export const STORED_KINDS = ['histogram', 'facets', 'newest-batches'] as const
