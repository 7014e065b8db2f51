import type { z } from 'zod'
import { decodeAlertCursor, decodeCursor, resolveOrder } from './cursor.ts'
import { type AlertQuery, alertQuery, type ListQuery, listQuery, type WindowQuery } from './query.ts'

/** A parameter that is wrong, and why. */
export interface ParameterFault {
  readonly path: string
  readonly reason: string
}

export type ParsedQuery<T> =
  | { readonly ok: true; readonly query: T }
  | { readonly ok: false; readonly faults: readonly ParameterFault[] }

const MAX_NAME_CHARS = 80

/**
 * A query string by the schema of its route. A parameter that repeats is a list; one that the schema does
 * not know is a fault, because a filter that is misspelt would otherwise silently not filter.
 */
export function parseQuery<Schema extends z.ZodObject>(
  schema: Schema,
  params: URLSearchParams,
): ParsedQuery<z.output<Schema>> {
  const input: Record<string, string | string[]> = {}
  const faults: ParameterFault[] = []
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name)
    if (Object.hasOwn(schema.shape, name)) input[name] = values.length === 1 ? (values[0] as string) : values
    else faults.push({ path: name.slice(0, MAX_NAME_CHARS), reason: 'is not a parameter of this path' })
  }
  const parsed = schema.safeParse(input)
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => describe(issue, input)))
  else faults.push(...checkWindow(parsed.data as WindowQuery))
  if (parsed.success && faults.length === 0) return { ok: true, query: parsed.data }
  return { ok: false, faults }
}

/** As {@link parseQuery} for a list, whose cursor must be one of the order that is asked for. */
export function parseListQuery(params: URLSearchParams): ParsedQuery<ListQuery> {
  const parsed = parseQuery(listQuery, params)
  if (!parsed.ok || parsed.query.cursor === undefined) return parsed
  if (decodeCursor(parsed.query.cursor, resolveOrder(parsed.query)) !== null) return parsed
  return { ok: false, faults: [{ path: 'cursor', reason: 'is not a cursor of a list in this order' }] }
}

/** As {@link parseQuery} for a list of alerts. */
export function parseAlertQuery(params: URLSearchParams): ParsedQuery<AlertQuery> {
  const parsed = parseQuery(alertQuery, params)
  if (!parsed.ok || parsed.query.cursor === undefined) return parsed
  if (decodeAlertCursor(parsed.query.cursor) !== null) return parsed
  return { ok: false, faults: [{ path: 'cursor', reason: 'is not a cursor of a list of alerts' }] }
}

function checkWindow({ from, to, range }: WindowQuery): ParameterFault[] {
  if (range !== undefined && (from !== undefined || to !== undefined)) {
    return [{ path: 'range', reason: 'cannot stand beside from or to' }]
  }
  if (from !== undefined && to !== undefined && from > to)
    return [{ path: 'to', reason: 'must not be before from' }]
  return []
}

function describe(
  issue: z.core.$ZodIssue,
  input: Readonly<Record<string, string | string[]>>,
): ParameterFault {
  const path = String(issue.path[0] ?? '')
  const isRepeated = Array.isArray(input[path]) && issue.path.length === 1 && issue.code === 'invalid_type'
  return { path, reason: isRepeated ? 'may be given only once' : issue.message.slice(0, 300) }
}
