import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { waitUntil } from './wait-until.ts'

export interface ServerEvent {
  readonly event: string
  readonly id: string | null
  readonly data: unknown
}

/** A listener on an event stream that keeps everything it hears. */
export interface EventSource {
  readonly heard: readonly ServerEvent[]
  /** The first event, heard already or to come, that fits. */
  hear(what: string, fits: (event: ServerEvent) => boolean): Promise<ServerEvent>
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>
  close(): void
}

/** Opens a stream; rejects when the answer is not one. */
export async function openEventSource(
  url: URL,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventSource> {
  const req = request(url, { headers: { accept: 'text/event-stream', ...headers } })
  req.end()
  const [res] = (await once(req, 'response')) as [IncomingMessage]
  if (res.statusCode !== 200 || res.headers['content-type'] !== 'text/event-stream')
    throw new Error(`the stream is answered ${res.statusCode} ${res.headers['content-type']}`)
  const heard: ServerEvent[] = []
  let rest = ''
  res.setEncoding('utf8')
  res.on('data', (text: string) => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const event = parseFrame(frame)
      if (event !== null) heard.push(event)
    }
  })
  const ended = new Promise<void>((resolve) => res.once('close', resolve))
  res.once('error', () => undefined)
  return {
    heard,
    ended,
    async hear(what, fits) {
      await waitUntil(`${what} is heard`, () => heard.some(fits))
      return heard.find(fits) as ServerEvent
    },
    close: () => req.destroy(),
  }
}

/** Null for a comment. */
function parseFrame(frame: string): ServerEvent | null {
  const fields = new Map<string, string>()
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart())
  }
  const data = fields.get('data')
  if (data === undefined) return null
  return { event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data: JSON.parse(data) }
}
