import type { Identity } from '../background.ts'
import { messageOf } from '../failure.ts'
import { backoffMs, type Endpoint, exchange } from '../report/delivery.ts'
import type { ModeDecision } from '../types.ts'
import { evaluateMode, type ModeRule, parseModeState } from './evaluate.ts'
import { EventParser } from './events.ts'

/** The server sends a comment line every 10 to 15 s: three missed, and the line is dead. */
const SILENCE_MS = 45_000
/** A stream whose first event does not come by then is held up on the way (a buffering proxy). */
const FIRST_EVENT_MS = 5_000
const POLL_MS = 5_000
/** A connection that lasted so long has not failed at once. */
const STEADY_MS = 5_000
const MAX_BACKOFF_MS = 30_000
/** How long a poll may take, and how late a timer may be before it is taken for one that never fires. */
const POLL_TAKES_MS = 15_000
const LATE_MS = 2_000

/**
 * Keeps the mode in memory: from the stream, else by polling, else the last one heard. Within one
 * connection a revision only ever rises; the first word of a fresh connection counts whatever its revision,
 * because the server's data may have been replaced meanwhile.
 */
export class ModeClient {
  readonly #endpoint: Endpoint
  readonly #identity: Identity
  readonly #executorId: string
  readonly #streams: boolean
  readonly #diagnose: (code: string, message: string) => void
  #rules: readonly ModeRule[] = []
  #revision: number | null = null
  #connected = false
  #failures = 0
  #closed = false
  /** By the monotonic clock: when the next step is due. */
  #dueAt = 0
  /** What an earlier attempt still hears is nobody's. */
  #attempt = 0
  #abandon = () => {}
  #cancelTimer = () => {}
  #waiting: (() => void)[] = []

  constructor(
    endpoint: Endpoint,
    identity: Identity,
    executorId: string,
    streams: boolean,
    diagnose: (code: string, message: string) => void,
  ) {
    this.#endpoint = endpoint
    this.#identity = identity
    this.#executorId = executorId
    this.#streams = streams
    this.#diagnose = diagnose
  }

  get revision(): number | null {
    return this.#revision
  }

  get connected(): boolean {
    return this.#connected
  }

  /** From memory; microseconds. */
  decide(key: string): ModeDecision {
    const { agent, environment } = this.#identity
    const { platform } = this.#endpoint
    // Where timers only run while a request is served, or nothing may be sent before the first one.
    if (platform.now() > this.#dueAt + LATE_MS) this.start()
    const nowMs = platform.wall()
    const { mode, tools } = evaluateMode(this.#rules, { agent, environment, key, nowMs })
    return { mode, tools, revision: this.#revision }
  }

  /** Resolves once a mode has been heard. */
  heard(): Promise<void> {
    if (this.#revision !== null) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Never throws: what cannot be started now is started by a later decision. */
  start(): void {
    if (this.#closed) return
    this.#attempt++
    this.#connected = false
    this.#abandon()
    try {
      if (this.#streams) this.#stream()
      else this.#poll()
    } catch (error) {
      this.#dueAt = Number.NEGATIVE_INFINITY
      this.#diagnose('mode', `the mode cannot be heard yet: ${messageOf(error)}`)
    }
  }

  close(): void {
    this.#closed = true
    this.#connected = false
    this.#cancelTimer()
    this.#abandon()
  }

  #query(): string {
    const { agent, environment } = this.#identity
    return new URLSearchParams({ agent, environment, executor_id: this.#executorId }).toString()
  }

  #stream(): void {
    const { platform } = this.#endpoint
    const parser = new EventParser()
    const openedAt = platform.now()
    const attempt = this.#attempt
    let reached = false
    let fresh = true
    const watch = (ms: number) =>
      this.#arm(ms, () => {
        reached = true
        this.#abandon()
      })
    const onText = (text: string) => {
      if (attempt !== this.#attempt) return
      if (!fresh) watch(SILENCE_MS)
      for (const event of parser.push(text)) {
        if (event.type !== 'mode' || !this.#apply(event.data, fresh)) continue
        fresh = false
        this.#connected = true
        watch(SILENCE_MS)
      }
      if (parser.overflown) this.#abandon()
    }
    const onEnd = (error: Error | null) => {
      if (attempt !== this.#attempt || this.#closed) return
      this.#connected = false
      // A stream that worked is taken up again; one that cannot be had from a server is replaced by asking.
      if (fresh && reached) this.#poll()
      else {
        const steady = platform.now() - openedAt > STEADY_MS
        this.#retry(steady ? null : (error?.message ?? 'the stream ended'), null)
      }
    }
    watch(FIRST_EVENT_MS)
    const request = {
      method: 'GET' as const,
      url: `${this.#endpoint.base}api/v1/mode/stream?${this.#query()}`,
      headers: { ...this.#endpoint.headers, accept: 'text/event-stream' },
      body: undefined,
    }
    const onHead = (status: number, header: (name: string) => string | null) => {
      reached = true
      const isStream = status === 200 && (header('content-type') ?? '').startsWith('text/event-stream')
      if (!isStream) this.#abandon()
    }
    this.#abandon = this.#endpoint.send(request, { onHead, onText, onEnd })
  }

  #poll(): void {
    const attempt = this.#attempt
    this.#cancelTimer()
    this.#dueAt = this.#endpoint.platform.now() + POLL_TAKES_MS
    this.#abandon = exchange(this.#endpoint, `api/v1/mode?${this.#query()}`, undefined, (delivery) => {
      if (attempt !== this.#attempt || this.#closed) return
      if (delivery.kind === 'taken' && this.#apply(delivery.body, true)) {
        this.#failures = 0
        this.#again(POLL_MS * (0.75 + Math.random() / 2))
        return
      }
      if (delivery.kind === 'retry') this.#retry(delivery.why, delivery.afterMs)
      else this.#retry(delivery.kind === 'refused' ? `status ${delivery.status}` : 'not a mode', null)
    })
  }

  /** After a failure; `why` is null when what failed had worked for a while. */
  #retry(why: string | null, afterMs: number | null): void {
    if (why === null) this.#failures = 0
    else this.#diagnose('mode', `the mode cannot be had from the server, the last known one holds: ${why}`)
    this.#again(afterMs ?? 100 + backoffMs(this.#failures++, MAX_BACKOFF_MS))
  }

  #again(ms: number): void {
    this.#arm(ms, () => this.start())
  }

  #arm(ms: number, fn: () => void): void {
    const { platform } = this.#endpoint
    this.#cancelTimer()
    this.#dueAt = platform.now() + ms
    this.#cancelTimer = platform.later(ms, fn)
  }

  /** Takes a mode over; false when it is not one. */
  #apply(text: string, fresh: boolean): boolean {
    const state = parseModeState(text)
    if (state === null) return false
    const previous = this.#revision
    if (!fresh && previous !== null && state.revision < previous) return true
    this.#rules = state.rules
    this.#revision = state.revision
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.#tellApplied(state.revision)
    return true
  }

  #tellApplied(revision: number): void {
    const body = {
      executor_id: this.#executorId,
      agent: this.#identity.agent,
      environment: this.#identity.environment,
      revision,
      applied_at: this.#endpoint.platform.wall(),
    }
    // Lost when the server is away: a fresh connection says it again.
    exchange(this.#endpoint, 'api/v1/mode/applied', JSON.stringify(body), () => {})
  }
}
