import { z } from 'zod'
import { MODES, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'

/*
 * The query of every read: the same names in the API, in the page's URL and in the store.
 * Query strings are all text; these schemas turn them into values and name a parameter that is wrong.
 */

const RANGE_UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `15m`, `24h`, `7d` in milliseconds; null when it is not a range. */
export function parseRangeMs(range: string): number | null {
  const match = /^([1-9]\d{0,5})([mhd])$/.exec(range)
  if (!match?.[1] || !match[2]) return null
  return Number(match[1]) * RANGE_UNITS_MS[match[2] as keyof typeof RANGE_UNITS_MS]
}

const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]))
const names = list.pipe(z.array(z.string().min(1).max(256)).max(100))
const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'must be a number')
  .transform(Number)
const instant = z.string().transform((value, context) => {
  const ms = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value)
  if (Number.isFinite(ms)) return ms
  context.addIssue({ code: 'custom', message: 'must be epoch milliseconds or an ISO 8601 time' })
  return z.NEVER
})
const range = z.string().refine((value) => parseRangeMs(value) !== null, 'must be like 15m, 24h or 7d')

/** The window: half-open on `started_at`; either bound may be absent; `range` ends now. */
export const windowQuery = z.object({
  from: instant.optional(),
  to: instant.optional(),
  range: range.optional(),
})

/** Every filter of the read API. Repeating a parameter means any of its values. */
export const filterQuery = windowQuery.extend({
  agent: names.optional(),
  environment: names.optional(),
  version: names.optional(),
  model: names.optional(),
  mode: list.pipe(z.array(z.enum(MODES))).optional(),
  tool: names.optional(),
  tool_match: z.enum(['any', 'all']).optional(),
  slowest_tool: names.optional(),
  outcome: list.pipe(z.array(z.enum(OUTCOMES))).optional(),
  min_size: number.optional(),
  min_wall_ms: number.optional(),
  min_serialization: number.optional(),
  source: list.pipe(z.array(z.enum(SOURCES))).optional(),
  q: z.string().max(256).optional(),
})

export const SORT_KEYS = ['started_at', 'wall_ms', 'serialization', 'size'] as const
export const listQuery = filterQuery.extend({
  sort: z.enum(SORT_KEYS).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  limit: number.pipe(z.int().min(1).max(500)).optional(),
  cursor: z.string().max(512).optional(),
})

export type WindowQuery = z.infer<typeof windowQuery>
export type FilterQuery = z.infer<typeof filterQuery>
export type ListQuery = z.infer<typeof listQuery>
export type SortKey = (typeof SORT_KEYS)[number]

/** A half-open interval of epoch milliseconds; a null bound is open. */
export interface TimeWindow {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** The window that a query asks for, with `range` resolved against `nowMs`. */
export function resolveWindow(query: WindowQuery, nowMs: number): TimeWindow {
  const rangeMs = query.range === undefined ? null : parseRangeMs(query.range)
  if (rangeMs !== null) return { fromMs: nowMs - rangeMs, toMs: null }
  return { fromMs: query.from ?? null, toMs: query.to ?? null }
}
