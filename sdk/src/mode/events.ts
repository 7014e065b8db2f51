/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly type: string
  readonly data: string
}

/** No mode is as large: what exceeds it is no stream of ours. */
const MAX_BUFFERED_CHARS = 4_000_000

/** Cuts a `text/event-stream` (WHATWG HTML, lines ended by LF or CRLF) into events, however it is chunked. */
export class EventParser {
  #rest = ''
  #type = ''
  #data = ''
  /** More was buffered than any event may hold; the rest of the stream is not to be read. */
  get overflown(): boolean {
    return this.#rest.length + this.#data.length > MAX_BUFFERED_CHARS
  }

  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = []
    if (!text.includes('\n')) {
      this.#rest += text
      return events
    }
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
      if (line.startsWith('event:')) this.#type = line.slice(6).trim()
      else if (line.startsWith('data:')) this.#data += `${line.slice(5).trimStart()}\n`
      else if (line === '') {
        if (this.#data !== '') events.push({ type: this.#type, data: this.#data.slice(0, -1) })
        this.#type = ''
        this.#data = ''
      }
    }
    return events
  }
}
