/** What our own requests need: one seam for Node's sockets and for fetch. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** `onEnd` comes exactly once, with null when the answer was read to its end; nothing comes after it. */
export interface HttpHandlers {
  onHead(status: number, header: (name: string) => string | null): void
  onText(text: string): void
  onEnd(error: Error | null): void
}

/** Sends a request without keeping the process alive for it; gives back how to abandon it. May throw. */
export type Send = (request: HttpRequest, handlers: HttpHandlers) => () => void

/** Handlers that keep their promise: one `onEnd`, nothing after it. */
export function onceEnded(handlers: HttpHandlers): HttpHandlers {
  let ended = false
  return {
    onHead: (status, header) => ended || handlers.onHead(status, header),
    onText: (text) => ended || handlers.onText(text),
    onEnd(error) {
      if (ended) return
      ended = true
      handlers.onEnd(error)
    },
  }
}
