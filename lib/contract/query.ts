import { z } from 'zod'
import { ALERT_KINDS } from '#lib/model/alert.ts'
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
const names = list.pipe(z.array(z.string().min(1, 'must not be empty').max(256)).max(100))
const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'must be a number')
  .transform(Number)
  .pipe(z.number())
const instant = z.string().transform((value, context) => {
  const ms = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value)
  if (Number.isFinite(ms)) return ms
  context.addIssue({ code: 'custom', message: 'must be epoch milliseconds or an ISO 8601 time' })
  return z.NEVER
})
const range = z.string().refine((value) => parseRangeMs(value) !== null, 'must be like 15m, 24h or 7d')

/** The window: half-open on `started_at`; either bound may be absent; `range` ends now. */
export const windowQuery = z.object({
  from: instant.optional().describe('start of the window on started_at, included: epoch ms or ISO 8601'),
  to: instant.optional().describe('end of the window, not included: epoch ms or ISO 8601'),
  range: range.optional().describe('a window that ends now: 15m, 24h, 7d; not beside from or to'),
})

/** Every filter of the read API. Repeating a parameter means any of its values. */
export const filterQuery = windowQuery.extend({
  agent: names.optional(),
  environment: names.optional(),
  version: names.optional(),
  model: names.optional(),
  mode: list
    .pipe(z.array(z.enum(MODES)))
    .optional()
    .describe('declared mode; batches that declare none match no value'),
  tool: names.optional().describe('batches that hold any of these tools; all of them with tool_match=all'),
  tool_match: z.enum(['any', 'all']).optional().describe('how several tools combine; default any'),
  slowest_tool: names.optional().describe('tool of the slowest sibling'),
  outcome: list
    .pipe(z.array(z.enum(OUTCOMES)))
    .optional()
    .describe('some call of the batch ended so'),
  min_size: number.optional().describe('at least so many calls'),
  min_wall_ms: number.optional().describe('at least so much wall time'),
  min_serialization: number.optional().describe('0 = as parallel as intended, 1 = one after another'),
  source: list.pipe(z.array(z.enum(SOURCES))).optional(),
  q: z.string().max(256).optional().describe('prefix of a batch id or run id'),
})

export const SORT_KEYS = ['started_at', 'wall_ms', 'serialization', 'size'] as const
function whole(min: number, max: number) {
  return number.pipe(
    z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`),
  )
}

export const listQuery = filterQuery.extend({
  sort: z.enum(SORT_KEYS).optional().describe('default started_at; batches without a value come last'),
  order: z.enum(['asc', 'desc']).optional().describe('default desc'),
  limit: whole(1, 500).optional().describe('rows of a page; default 50'),
  cursor: z.string().max(512).optional().describe('next_cursor of the page before'),
})

export const exportQuery = filterQuery.extend({
  format: z
    .enum(['jsonl', 'otlp'])
    .optional()
    .describe('default jsonl, which holds all of a batch; otlp, spans by the GenAI conventions'),
})

export const auditQuery = z.object({
  limit: whole(1, 1000).optional().describe('entries, newest first; default 100'),
})

/** `current`: open, acknowledged or silenced; `all` holds resolved and muted ones too. */
const ALERT_STATES = ['current', 'resolved', 'all'] as const

/** The window holds alerts whose life, from the onset until they were resolved, meets it. */
export const alertQuery = windowQuery.extend({
  agent: names.optional().describe('alerts of these agents, and those across agents that name none'),
  environment: names.optional(),
  tool: names.optional().describe('alerts whose key names any of these tools'),
  kind: list.pipe(z.array(z.enum(ALERT_KINDS))).optional(),
  state: z.enum(ALERT_STATES).optional().describe('default current'),
  limit: whole(1, 200).optional().describe('default 50; newest detection first'),
  cursor: z.string().max(512).optional().describe('next_cursor of the page before'),
})

/** Instants in the window at which something changed for these agents and environments. */
export const markerQuery = windowQuery.extend({
  agent: names.optional().describe('markers of these agents, and those that concern every agent'),
  environment: names.optional(),
})

/** The audit of the tools of these agents and environments. */
export const couplingQuery = windowQuery.extend({
  agent: names.optional(),
  environment: names.optional(),
})

export type MarkerQuery = z.infer<typeof markerQuery>
export type CouplingQuery = z.infer<typeof couplingQuery>
export const deliveryQuery = z.object({
  limit: whole(1, 200).optional().describe('deliveries, newest first; default 50'),
})

export type AlertQuery = z.infer<typeof alertQuery>
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
