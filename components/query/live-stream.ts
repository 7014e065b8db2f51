import { z } from 'zod'

/*
 * The event stream of the server, shared by everything on a page. It reconnects by itself, and it closes
 * while the page is hidden: a browser holds few connections to one origin, and forgotten tabs would use
 * them up.
 */

const batchesEventSchema = z.object({
  count: z.number(),
  ids: z.array(z.string()),
  failing: z.number(),
  last_started_at: z.number().nullable(),
})
const revisionEventSchema = z.object({ revision: z.number() })
const derivedEventSchema = z.object({ through_seq: z.number() })
/** What happened to which alerts is read anew: the event only says that something did. */
const alertsEventSchema = z.looseObject({})
/** In words why nothing can be stored; null = the storage is healthy. Also sent when a stream opens. */
const storageEventSchema = z.object({ fault: z.string().nullable() })

const EVENT_SCHEMAS = {
  batches: batchesEventSchema,
  alerts: alertsEventSchema,
  mode: revisionEventSchema,
  executors: revisionEventSchema,
  derived: derivedEventSchema,
  storage: storageEventSchema,
} as const

type EventName = keyof typeof EVENT_SCHEMAS

/** What the stream can say; `resumed` follows every gap, because what happened in it was missed. */
export type LiveEvent =
  | { readonly type: 'batches'; readonly data: z.infer<typeof batchesEventSchema> }
  | { readonly type: 'alerts'; readonly data: z.infer<typeof alertsEventSchema> }
  | { readonly type: 'mode'; readonly data: z.infer<typeof revisionEventSchema> }
  | { readonly type: 'executors'; readonly data: z.infer<typeof revisionEventSchema> }
  | { readonly type: 'derived'; readonly data: z.infer<typeof derivedEventSchema> }
  | { readonly type: 'storage'; readonly data: z.infer<typeof storageEventSchema> }
  | { readonly type: 'resumed' }

export interface LiveState {
  readonly status: 'connecting' | 'connected' | 'lost'
  /** Epoch ms by this browser's clock since which the status holds. */
  readonly sinceMs: number
}

/** Three missed pings of the server. */
const SILENCE_MS = 16_000
const RETRY_MS = [500, 1000, 2000, 5000, 10_000] as const

/** The parts of a browser that the stream needs. */
export interface LiveStreamHost {
  readonly open: () => EventSource
  readonly now: () => number
  /** Calls back whenever the page becomes visible or hidden, or the network comes back. */
  readonly onWake: (callback: () => void) => () => void
  readonly isHidden: () => boolean
}

/** A stream that is open while anybody listens to its events or its state. */
export class LiveStream {
  readonly #host: LiveStreamHost
  readonly #stateListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: LiveEvent) => void>()
  #state: LiveState
  #source: EventSource | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  /** Something may have happened that this page has not heard. */
  #hadGap = false
  #stopWaking: (() => void) | null = null

  constructor(host: LiveStreamHost) {
    this.#host = host
    this.#state = { status: 'connecting', sinceMs: host.now() }
  }

  getState(): LiveState {
    return this.#state
  }

  onState(callback: () => void): () => void {
    return this.#listenIn(this.#stateListeners, callback)
  }

  onEvent(callback: (event: LiveEvent) => void): () => void {
    return this.#listenIn(this.#eventListeners, callback)
  }

  #listenIn<T>(listeners: Set<T>, callback: T): () => void {
    listeners.add(callback)
    this.#listenersChanged()
    return () => {
      listeners.delete(callback)
      this.#listenersChanged()
    }
  }

  #listenersChanged(): void {
    const isWanted = this.#stateListeners.size + this.#eventListeners.size > 0
    if (isWanted && !this.#stopWaking) {
      this.#stopWaking = this.#host.onWake(() => this.#wake())
      this.#wake()
    } else if (!isWanted && this.#stopWaking) {
      this.#stopWaking()
      this.#stopWaking = null
      this.#hadGap = true
      this.#close()
    }
  }

  #wake(): void {
    if (this.#host.isHidden()) {
      if (this.#source) this.#hadGap = true
      this.#close()
    } else if (!this.#source) {
      this.#failures = 0
      this.#connect()
    }
  }

  #connect(): void {
    this.#close()
    const source = this.#host.open()
    this.#source = source
    source.onopen = () => this.#heard()
    source.onerror = () => this.#lose()
    source.addEventListener('ping', () => this.#heard())
    for (const name of Object.keys(EVENT_SCHEMAS) as EventName[]) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        this.#heard()
        const event = parseEvent(name, message.data)
        if (event) this.#emit(event)
      })
    }
    this.#timer = setTimeout(() => this.#lose(), SILENCE_MS)
  }

  #heard(): void {
    this.#failures = 0
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lose(), SILENCE_MS)
    this.#setStatus('connected')
    if (!this.#hadGap) return
    this.#hadGap = false
    this.#emit({ type: 'resumed' })
  }

  #lose(): void {
    this.#close()
    this.#hadGap = true
    this.#setStatus('lost')
    const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]
    this.#failures += 1
    this.#timer = setTimeout(() => this.#connect(), delay)
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
  }

  #setStatus(status: LiveState['status']): void {
    if (this.#state.status === status) return
    this.#state = { status, sinceMs: this.#host.now() }
    for (const listener of this.#stateListeners) listener()
  }

  #emit(event: LiveEvent): void {
    for (const listener of this.#eventListeners) listener(event)
  }
}

/** Null for data of a newer server that this page does not understand: its next reload will. */
function parseEvent(name: EventName, data: string): LiveEvent | null {
  const parsed = EVENT_SCHEMAS[name].safeParse(parseJson(data))
  return parsed.success ? ({ type: name, data: parsed.data } as LiveEvent) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
