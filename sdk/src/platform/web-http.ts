import { type HttpHandlers, type HttpRequest, onceEnded, type Send } from './http.ts'

async function exchange(request: HttpRequest, handlers: HttpHandlers, signal: AbortSignal): Promise<void> {
  const { method, url, headers, body = null } = request
  const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' })
  handlers.onHead(response.status, (name) => response.headers.get(name))
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) return
    handlers.onText(decoder.decode(value, { stream: true }))
  }
}

/** Through fetch. */
export const send: Send = (request, handlers) => {
  const { onHead, onText, onEnd } = onceEnded(handlers)
  const controller = new AbortController()
  exchange(request, { onHead, onText, onEnd }, controller.signal).then(
    () => onEnd(null),
    (error) => onEnd(error instanceof Error ? error : new Error(String(error))),
  )
  return () => {
    onEnd(new Error('abandoned'))
    controller.abort()
  }
}
