import {
  createLoader,
  createParser,
  type inferParserType,
  parseAsNativeArrayOf,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server'
import { type FilterQuery, parseRangeMs, SORT_KEYS, type SortKey } from '#lib/contract/query.ts'
import { MODES, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'

/*
 * The state of a view as it stands in the page's address. Filters have the names of the read API, so the
 * query string of a page is also the query string of its data.
 */

/** The explicit "all time", needed where a page would otherwise begin with a shorter range. */
export const ALL_TIME = 'all'

const parseAsRange = createParser<string>({
  parse: (text) => (text === ALL_TIME || parseRangeMs(text) !== null ? text : null),
  serialize: (range) => range,
})

const parseAsInstant = createParser<number>({
  parse: (text) => {
    const ms = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)
    return Number.isFinite(ms) ? ms : null
  },
  serialize: String,
})

const parseAsNumber = createParser<number>({
  parse: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null),
  serialize: String,
})

const parseAsSwitch = createParser<boolean>({
  parse: (text) => (text === '1' ? true : null),
  serialize: (on) => (on ? '1' : ''),
})

const names = parseAsNativeArrayOf(parseAsString)

/** What every page shares and every link between pages carries along. */
export const VIEW_PARSERS = {
  range: parseAsRange,
  from: parseAsInstant,
  to: parseAsInstant,
  environment: names,
  agent: names,
  live: parseAsSwitch.withDefault(false),
}

/** The filters beyond the shared ones. */
export const FILTER_PARSERS = {
  version: names,
  model: names,
  mode: parseAsNativeArrayOf(parseAsStringLiteral(MODES)),
  tool: names,
  tool_match: parseAsStringLiteral(['any', 'all']),
  slowest_tool: names,
  outcome: parseAsNativeArrayOf(parseAsStringLiteral(OUTCOMES)),
  min_size: parseAsNumber,
  min_wall_ms: parseAsNumber,
  min_serialization: parseAsNumber,
  source: parseAsNativeArrayOf(parseAsStringLiteral(SOURCES)),
  q: parseAsString,
}

const FILTER_KEYS = Object.keys(FILTER_PARSERS) as (keyof FilterValues)[]

export const SORT_PARSERS = {
  sort: parseAsStringLiteral(SORT_KEYS).withDefault('started_at'),
  order: parseAsStringLiteral(['asc', 'desc']).withDefault('desc'),
}

const LIST_PARSERS = { ...VIEW_PARSERS, ...FILTER_PARSERS, ...SORT_PARSERS }

export type ViewValues = inferParserType<typeof VIEW_PARSERS>
export type FilterValues = inferParserType<typeof FILTER_PARSERS>
export type Sort = { readonly sort: SortKey; readonly order: 'asc' | 'desc' }

/** The range a page begins with when its address names none. */
export function defaultRange(pathname: string): string {
  return pathname === '/' ? '24h' : ALL_TIME
}

/** The shared part of a query. Empty lists and "all time" are left out, so equal views have equal keys. */
export function viewFilter(view: ViewValues, fallbackRange: string): FilterQuery {
  const range = view.range ?? (view.from === null && view.to === null ? fallbackRange : null)
  return compact({
    range: range === ALL_TIME ? null : range,
    from: range === null ? view.from : null,
    to: range === null ? view.to : null,
    environment: view.environment,
    agent: view.agent,
  })
}

/** The whole query of a page that has every filter. */
export function fullFilter(view: ViewValues, filters: FilterValues, fallbackRange: string): FilterQuery {
  const own = Object.fromEntries(FILTER_KEYS.map((key) => [key, filters[key]]))
  return { ...viewFilter(view, fallbackRange), ...compact(own) }
}

type Loose = Record<string, unknown>

function compact(values: Loose): FilterQuery {
  const kept = Object.entries(values).filter(([, value]) => {
    return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  })
  return Object.fromEntries(kept)
}

/** Reads the state of a page from Next's `searchParams` on the server. */
export const loadListState = createLoader(LIST_PARSERS)

/** A query as the read API takes it: repeated parameters for lists, in a fixed order. */
export function toSearchParams(query: Readonly<Record<string, unknown>>): URLSearchParams {
  const params = new URLSearchParams()
  for (const key of Object.keys(query).sort()) {
    const value = query[key]
    if (value === undefined || value === null) continue
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item))
  }
  return params
}
