import type { ListQuery, SortKey } from './query.ts'

/** Where a list goes on: after the row with this sort value (null where the row has none) and log position. */
export interface ListPosition {
  readonly value: number | null
  readonly seq: number
}

/** The order of a list; a cursor is good for one order only. */
export interface ListOrder {
  readonly sort: SortKey
  readonly order: 'asc' | 'desc'
}

/** The order that a query asks for: the newest first unless it says otherwise. */
export function resolveOrder({ sort, order }: Pick<ListQuery, 'sort' | 'order'>): ListOrder {
  return { sort: sort ?? 'started_at', order: order ?? 'desc' }
}

/** A position as the opaque text of `next_cursor`. */
export function encodeCursor({ sort, order }: ListOrder, { value, seq }: ListPosition): string {
  return encodeParts([sort, order, value, seq])
}

/** The inverse of {@link encodeCursor}; null when the text is no cursor or one of another order. */
export function decodeCursor(cursor: string, { sort, order }: ListOrder): ListPosition | null {
  const parts = parseParts(cursor)
  if (parts === null || parts.length !== 4 || parts[0] !== sort || parts[1] !== order) return null
  const [, , value, seq] = parts
  if (!Number.isSafeInteger(seq) || !(value === null || Number.isFinite(value))) return null
  return { value: value as number | null, seq: seq as number }
}

/** Where a list of alerts goes on: after the alert that was detected at this time, with this id. */
export interface AlertPosition {
  readonly detectedUs: number
  readonly id: string
}

const ALERTS = 'alerts'

/** A position among alerts as the opaque text of `next_cursor`. */
export function encodeAlertCursor({ detectedUs, id }: AlertPosition): string {
  return encodeParts([ALERTS, detectedUs, id])
}

/** The inverse of {@link encodeAlertCursor}; null when the text is no cursor of alerts. */
export function decodeAlertCursor(cursor: string): AlertPosition | null {
  const parts = parseParts(cursor)
  if (parts === null || parts.length !== 3 || parts[0] !== ALERTS) return null
  const [, detectedUs, id] = parts
  if (!Number.isSafeInteger(detectedUs) || typeof id !== 'string') return null
  return { detectedUs: detectedUs as number, id }
}

function encodeParts(parts: readonly unknown[]): string {
  return btoa(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function parseParts(cursor: string): unknown[] | null {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null
  try {
    const value: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    return Array.isArray(value) ? value : null
  } catch {
    // Not base64 or not JSON: the caller names the parameter.
    return null
  }
}
