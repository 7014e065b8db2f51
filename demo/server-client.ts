import { setTimeout as sleep } from 'node:timers/promises'

/** How long the demo goes on asking a server that is away or busy, before it gives up. */
const PATIENCE_MS = 60_000
/** A request without an answer by then is sent again: the server keeps what it stored only once. */
const ANSWER_WITHIN_MS = 15_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

export interface ServerOptions {
  /** Base address of the Parascope server. */
  readonly url: string
  readonly token?: string | undefined
  /** Ends waiting and asking; requests then reject with its reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ServerAnswer {
  readonly status: number
  readonly body: unknown
}

/** The part of the public API that the demo uses beside the SDK. */
export interface ServerClient {
  /**
   * Sends one request and asks again while the server is away (no connection), busy (429) or not ready
   * (503), as late as `Retry-After` says. Any other answer is given back as it is; rejects when the
   * server stayed away for a minute.
   */
  readonly request: (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<ServerAnswer>
}

export function createServerClient({ url, token, signal }: ServerOptions): ServerClient {
  const base = url.replace(/\/+$/, '')
  const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json' }
  if (token !== undefined) headers.authorization = `Bearer ${token}`

  async function attempt(method: string, path: string, payload: string | null): Promise<Attempt> {
    const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const cut = signal ? AbortSignal.any([signal, late]) : late
    try {
      const response = await fetch(base + path, { method, headers, body: payload, signal: cut })
      const text = await response.text()
      if (response.status !== 429 && response.status !== 503) {
        return { answer: { status: response.status, body: parseBody(text) } }
      }
      const trouble = new Error(`${method} ${path} answered ${response.status}`)
      return { trouble, pauseMs: parseRetryAfterMs(response.headers.get('retry-after')) }
    } catch (error) {
      signal?.throwIfAborted()
      return { trouble: new Error(`no answer from ${base}`, { cause: error }), pauseMs: null }
    }
  }

  return {
    request: async (method, path, body) => {
      const payload = body === undefined ? null : JSON.stringify(body)
      const giveUpAtMs = performance.now() + PATIENCE_MS
      for (let growingMs = FIRST_PAUSE_MS; ; growingMs = Math.min(growingMs * 2, LONGEST_PAUSE_MS)) {
        const result = await attempt(method, path, payload)
        if ('answer' in result) return result.answer
        const pauseMs = result.pauseMs ?? growingMs
        if (performance.now() + pauseMs > giveUpAtMs) throw result.trouble
        await sleep(pauseMs, undefined, signal ? { signal } : {})
      }
    },
  }
}

type Attempt =
  | { readonly answer: ServerAnswer }
  | { readonly trouble: Error; readonly pauseMs: number | null }

/** Seconds as the server sends them; null when it named none that can be used. */
function parseRetryAfterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, 30_000) : null
}

/** An error page of a proxy is text: kept, so that whoever reports the status can show it. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
