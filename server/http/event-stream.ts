import type { IncomingMessage, ServerResponse } from 'node:http'

/** A reader that lets this much pile up is cut off; it reconnects and reads anew. */
const MAX_BACKLOG_BYTES = 1 << 20
/** Enough for proxies; whoever must notice a dead line sooner asks for more. */
const HEARTBEAT_MS = 5_000

/** One open server-sent-event stream. */
export interface EventStream {
  send(event: string, data: unknown, id?: string): void
}

/** Holds the open streams of one kind, keeps them alive and ends them together. */
export interface StreamHub {
  /** Opens a stream on this response. `onClose` runs once when it ends. */
  open(req: IncomingMessage, res: ServerResponse, onClose?: () => void): EventStream
  broadcast(event: string, data: unknown, id?: string): void
  readonly size: number
  close(): void
}

export function createStreamHub(heartbeatMs = HEARTBEAT_MS): StreamHub {
  const open = new Set<ServerResponse>()
  let closed = false
  const heartbeat = setInterval(() => write(open, frame('ping', {})), heartbeatMs)
  heartbeat.unref()

  return {
    open(req, res, onClose) {
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Nothing comes after a stream: its end is the connection's, so that a stop waits for nobody.
        connection: 'close',
        'x-accel-buffering': 'no',
      })
      res.write(': open\n\n')
      req.socket.setNoDelay(true)
      open.add(res)
      res.once('close', () => {
        open.delete(res)
        onClose?.()
      })
      if (closed || req.method === 'HEAD') res.end()
      return { send: (event, data, id) => write([res], frame(event, data, id)) }
    },
    broadcast(event, data, id) {
      write(open, frame(event, data, id))
    },
    get size() {
      return open.size
    },
    close() {
      closed = true
      clearInterval(heartbeat)
      for (const res of open) res.end()
    },
  }
}

function write(streams: Iterable<ServerResponse>, text: string): void {
  for (const res of streams) {
    if (res.writableLength > MAX_BACKLOG_BYTES) res.destroy()
    else if (!res.writableEnded) res.write(text)
  }
}

/** JSON holds no line break, so one data line is enough. */
function frame(event: string, data: unknown, id?: string): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
