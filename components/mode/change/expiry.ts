import { formatWhole } from '#lib/format/time.ts'
import { fromLocalInput, toLocalInput } from '#lib/format/wall-clock.ts'

const MIN_MS = 60_000

/** How long a rule is to hold, as a person chooses it. */
export const LASTING = ['until-changed', '15m', '1h', '4h', 'at'] as const
export type Lasting = (typeof LASTING)[number]

const SPANS_MS: Partial<Record<Lasting, number>> = {
  '15m': 15 * MIN_MS,
  '1h': 60 * MIN_MS,
  '4h': 240 * MIN_MS,
}

/** A choice under way; `at` is what a date-and-time field holds. */
export interface ExpiryDraft {
  readonly lasting: Lasting
  readonly at: string
}

/** The end of a rule: null = until somebody changes it, undefined = the draft names no time to come. */
export type Expiry = number | null | undefined

export function draftExpiry(expiresAtMs: number | null, zone: string): ExpiryDraft {
  return expiresAtMs === null
    ? { lasting: 'until-changed', at: '' }
    : { lasting: 'at', at: toLocalInput(expiresAtMs, zone) }
}

/** A span counts from the moment of pressing, so it is resolved anew each time. */
export function resolveExpiry({ lasting, at }: ExpiryDraft, zone: string, nowMs: number): Expiry {
  if (lasting === 'until-changed') return null
  const spanMs = SPANS_MS[lasting]
  if (spanMs !== undefined) return nowMs + spanMs
  const atMs = fromLocalInput(at, zone)
  return atMs !== null && atMs > nowMs ? atMs : undefined
}

export function describeLasting(lasting: Lasting): string {
  if (lasting === 'until-changed') return 'until changed'
  const spanMs = SPANS_MS[lasting]
  return spanMs === undefined ? 'until…' : formatWhole(spanMs)
}
