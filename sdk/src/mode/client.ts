import type { Identity } from '../endpoint.ts'
import { messageOf } from '../failure.ts'
import { type Endpoint, exchange } from '../report/delivery.ts'
import type { ModeDecision } from '../types.ts'
import { evaluateMode, type ModeState, parseModeState } from './evaluate.ts'
import { EventParser } from './events.ts'

/*
 * The times add up to one promise: whatever the network did, 5 s after it is whole again the newest mode is
 * here. Each line below is one way in which the worst case comes about, and none exceeds the sum of two.
 */

/** The server says something every 1.5 s: two missed, and the line is dead, whatever TCP believes. */
const SILENCE_MS = 3_500
/** A stream whose first event does not come by then is held up on the way (a buffering proxy), or dead. */
const FIRST_EVENT_MS = 3_500
const POLL_TIMEOUT_MS = 3_500
const POLL_MS = 3_000
/** Executors come back at random moments of such a span, so that a server that starts is not met by all at once. */
const FIRST_SPREAD_MS = 1_000
const MAX_SPREAD_MS = 4_000
const MIN_WAIT_MS = 50
/** A connection that lasted so long has not failed at once. */
const STEADY_MS = 5_000
/** How long to go on asking before a stream is tried again that could not be had. */
const MAX_STREAMLESS_MS = 60_000
/** How late a timer may be before it is taken for one that never fires. */
const LATE_MS = 2_000
/** A timer as late as that says that the host was busy, and not that nothing has come. */
const BUSY_MS = 500

/** Is told what becomes of the mode. */
export interface ModeListener {
  /** A word of the server: the mode in force, changed or not. */
  onMode(state: ModeState): void
  /** The server cannot be reached, or refuses (with its status): what is known holds on. */
  onLost(why: string, status: number | null): void
}

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
  readonly #listener: ModeListener | null
  #state: ModeState | null = null
  #heard = false
  #connected = false
  #failures = 0
  /** How often in a row a stream could not be had, though something answered. */
  #streamless = 0
  #pollUntil = Number.NEGATIVE_INFINITY
  #closed = false
  /** By the monotonic clock: when the next step is due, and when the last one began. */
  #dueAt = 0
  #begunAt = 0
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
    listener: ModeListener | null = null,
  ) {
    this.#endpoint = endpoint
    this.#identity = identity
    this.#executorId = executorId
    this.#streams = streams
    this.#diagnose = diagnose
    this.#listener = listener
  }

  get revision(): number | null {
    return this.#state?.revision ?? null
  }

  get connected(): boolean {
    return this.#connected
  }

  /** From memory; microseconds. */
  decide(key: string): ModeDecision {
    const { agent, environment } = this.#identity
    const { revision = null, rules = [] } = this.current() ?? {}
    const nowMs = this.#endpoint.platform.wall()
    return { ...evaluateMode(rules, { agent, environment, key, nowMs }), revision }
  }

  /** The rules that hold now; null while none are known. */
  current(): ModeState | null {
    // Where timers only run while a request is served, or nothing may be sent before the first one.
    if (this.#endpoint.platform.now() > this.#dueAt + LATE_MS) this.start()
    return this.#state
  }

  /** Resolves once the server has told a mode. */
  heard(): Promise<void> {
    if (this.#heard) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Takes over what was known before this process began, unless something newer is known already. */
  remember(state: ModeState): void {
    if (this.#heard || (this.#state !== null && this.#state.revision >= state.revision)) return
    this.#state = state
  }

  /** Never throws: what cannot be started now is started by a later decision. */
  start(): void {
    this.#begin(this.#streams && this.#streamless === 0)
  }

  #begin(withStream: boolean): void {
    if (this.#closed) return
    this.#attempt++
    this.#connected = false
    this.#abandon()
    try {
      if (withStream) this.#stream()
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
    const parser = new EventParser()
    const attempt = this.#attempt
    let reached = false
    let fresh = true
    let silent = false
    this.#begunAt = this.#endpoint.platform.now()
    const watch = (ms: number) =>
      this.#watch(ms, () => {
        silent = true
        this.#abandon()
      })
    const onText = (text: string) => {
      if (attempt !== this.#attempt) return
      if (!fresh) watch(SILENCE_MS)
      for (const event of parser.push(text)) {
        if (event.type !== 'mode' || !this.#apply(event.data, fresh)) continue
        fresh = false
        this.#connected = true
        this.#streamless = 0
        watch(SILENCE_MS)
      }
      if (parser.overflown) this.#abandon()
    }
    const onEnd = (error: Error | null) => {
      if (attempt === this.#attempt && !this.#closed)
        this.#onStreamEnd(error, fresh && (reached || silent), silent)
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

  /** A stream that worked is taken up again; one that cannot be had from a server is replaced by asking. */
  #onStreamEnd(error: Error | null, cannotBeHad: boolean, silent: boolean): void {
    const nowMs = this.#endpoint.platform.now()
    this.#connected = false
    if (!cannotBeHad) {
      // The next one may be as silent from its start: an answer tells sooner.
      if (silent) {
        this.#streamless = 1
        this.#pollUntil = nowMs
      }
      const isSteady = nowMs - this.#begunAt > STEADY_MS
      this.#retry(isSteady ? null : (error?.message ?? 'the stream ended'), null)
      return
    }
    this.#streamless++
    this.#pollUntil = nowMs + Math.min(MAX_STREAMLESS_MS, 1_000 * 4 ** this.#streamless)
    this.#poll()
  }

  #poll(): void {
    const attempt = this.#attempt
    const { platform } = this.#endpoint
    this.#cancelTimer()
    this.#begunAt = platform.now()
    this.#dueAt = this.#begunAt + POLL_TIMEOUT_MS
    const path = `api/v1/mode?${this.#query()}`
    const onDelivery: Parameters<typeof exchange>[3] = (delivery) => {
      if (attempt !== this.#attempt || this.#closed) return
      if (delivery.kind === 'taken' && this.#apply(delivery.body, true)) {
        this.#failures = 0
        if (this.#streams && platform.now() >= this.#pollUntil) this.#begin(true)
        else this.#again(POLL_MS * (0.75 + Math.random() / 2))
        return
      }
      if (delivery.kind === 'retry') this.#retry(delivery.why, delivery.afterMs)
      else if (delivery.kind === 'refused') this.#retry(`status ${delivery.status}`, null, delivery.status)
      else this.#retry('not a mode', null)
    }
    this.#abandon = exchange(this.#endpoint, path, undefined, onDelivery, POLL_TIMEOUT_MS)
  }

  /** After a failure; `why` is null when what failed had worked for a while. */
  #retry(why: string | null, afterMs: number | null, status: number | null = null): void {
    if (why === null) this.#failures = 0
    else {
      this.#diagnose('mode', `the mode cannot be had from the server, the last known one holds: ${why}`)
      this.#listener?.onLost(why, status)
    }
    const spreadMs = Math.min(MAX_SPREAD_MS, FIRST_SPREAD_MS * 2 ** Math.min(this.#failures++, 10))
    // An attempt that took long to fail has waited already.
    const spentMs = why === null ? 0 : this.#endpoint.platform.now() - this.#begunAt
    const waitMs = Math.random() * Math.max(FIRST_SPREAD_MS / 2, spreadMs - spentMs)
    this.#again(afterMs ?? MIN_WAIT_MS + waitMs)
  }

  #again(ms: number): void {
    this.#arm(ms, () => this.start())
  }

  /** Calls `onSilence` when nothing has come for `ms`. */
  #watch(ms: number, onSilence: () => void): void {
    const dueAt = this.#endpoint.platform.now() + ms
    this.#arm(ms, () => {
      const lateMs = this.#endpoint.platform.now() - dueAt
      // What has come meanwhile has not been read yet.
      if (lateMs > BUSY_MS) this.#watch(BUSY_MS, onSilence)
      else onSilence()
    })
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
    if (!fresh && this.#state !== null && state.revision < this.#state.revision) return true
    this.#state = state
    this.#heard = true
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.#tellApplied(state.revision)
    this.#listener?.onMode(state)
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
