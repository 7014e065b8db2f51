import type { Send } from '../platform/http.ts'
import type { Platform } from '../platform/platform.ts'

/** How the server took a request: what it made of it, whether to come back, or never. */
export type Delivery =
  | { readonly kind: 'taken'; readonly body: string }
  | { readonly kind: 'retry'; readonly afterMs: number | null; readonly why: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }

/** Where the server is, and how to get there. */
export interface Endpoint {
  readonly platform: Platform
  /** Base of the API, ending in a slash. */
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
  readonly send: Send
}

const REQUEST_TIMEOUT_MS = 10_000
/** More of an answer than this is not from Parascope. */
const MAX_ANSWER_CHARS = 1_000_000
const MAX_RETRY_AFTER_MS = 300_000

/** `Retry-After` in ms: seconds or an HTTP date; null when it is neither. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null || value === '') return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}

/** Exponential with full jitter (random over the whole span), so that executors do not come back together. */
export function backoffMs(failures: number, maxMs: number, random: () => number = Math.random): number {
  return random() * Math.min(maxMs, 500 * 2 ** Math.min(failures, 10))
}

/** One request with a bound on time and size. Never throws; `done` comes once. Gives back how to abandon it. */
export function exchange(
  { platform, base, headers, send }: Endpoint,
  path: string,
  body: string | undefined,
  done: (delivery: Delivery) => void,
  timeoutMs = REQUEST_TIMEOUT_MS,
): () => void {
  let status = 0
  let retryAfter: string | null = null
  let answer = ''
  let abandon = () => {}
  const cancelTimeout = platform.later(timeoutMs, () => abandon())
  const onEnd = (error: Error | null) => {
    cancelTimeout()
    const why = error === null ? `status ${status}` : error.message
    if (status >= 200 && status < 300) done({ kind: 'taken', body: answer })
    else if (status === 413) done({ kind: 'too-large' })
    else if (status === 0 || status === 408 || status === 429 || status >= 500) {
      done({ kind: 'retry', afterMs: parseRetryAfterMs(retryAfter, platform.wall()), why })
    } else done({ kind: 'refused', status, body: answer })
  }
  const request = {
    method: body === undefined ? ('GET' as const) : ('POST' as const),
    url: base + path,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body,
  }
  try {
    abandon = send(request, {
      onHead(code, header) {
        status = code
        retryAfter = header('retry-after')
      },
      onText(text) {
        answer += text
        if (answer.length > MAX_ANSWER_CHARS) abandon()
      },
      onEnd,
    })
  } catch (error) {
    onEnd(error as Error)
  }
  return () => abandon()
}
