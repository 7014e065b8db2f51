import type { HttpHandlers, HttpRequest } from '../platform/http.ts'
import { onceEnded, type Send } from '../platform/http.ts'
import { platform } from '../platform/node.ts'
import type { Platform } from '../platform/platform.ts'

/** Time that passes only when it is told to, so that hours of faults take a moment and every bound is exact. */
export class VirtualClock {
  now = 0
  #next = 0
  readonly #timers = new Map<number, { readonly atMs: number; readonly fn: () => void }>()

  later(ms: number, fn: () => void): () => void {
    const id = this.#next++
    this.#timers.set(id, { atMs: this.now + Math.max(0, ms), fn })
    return () => this.#timers.delete(id)
  }

  /** Lets time pass, and what is due in it happen in its order. */
  advance(ms: number): void {
    const untilMs = this.now + ms
    for (;;) {
      let due: number | null = null
      for (const [id, { atMs }] of this.#timers) {
        if (atMs <= untilMs && (due === null || atMs < (this.#timers.get(due)?.atMs ?? 0))) due = id
      }
      const timer = due === null ? undefined : this.#timers.get(due)
      if (due === null || timer === undefined) break
      this.#timers.delete(due)
      this.now = timer.atMs
      timer.fn()
    }
    this.now = untilMs
  }

  platform(): Platform {
    return {
      ...platform,
      now: () => this.now,
      wall: () => 1_790_000_000_000 + this.now,
      later: (ms, fn) => this.later(ms, fn),
      hold: (ms, fn) => this.later(ms, fn),
    }
  }
}

/** What becomes of whatever is sent now. A `silent` network takes everything and answers nothing. */
export type Weather = 'clear' | 'refusing' | 'silent'

interface Line {
  readonly handlers: HttpHandlers
  /** Frames that went out, for sending one of them again. */
  readonly sent: string[]
  held: string | null
  isDead: boolean
}

const HEARTBEAT_MS = 1_500

/** A server of the mode behind a network that can be made to fail in every way that networks do. */
export class VirtualNet {
  readonly clock: VirtualClock
  weather: Weather = 'clear'
  isUp = true
  revision = 1
  /** 0 to 1: how likely a frame is sent twice, is held back until after the next, comes in two pieces. */
  disorder = 0
  /** When each stream was asked for. */
  readonly arrivals: number[] = []
  readonly #random: () => number
  readonly #lines = new Set<Line>()

  constructor(clock: VirtualClock, random: () => number) {
    this.clock = clock
    this.#random = random
    this.#beat()
  }

  flip(): void {
    this.revision += 1
    this.#tellAll()
  }

  /** Ends each open stream with this likelihood, as a reset does. */
  drop(likelihood: number): void {
    for (const line of [...this.#lines]) if (this.#random() < likelihood) this.#end(line)
  }

  /** Makes each open stream a half-open one with this likelihood: it never says anything again, nor ends. */
  halfOpen(likelihood: number): void {
    for (const line of this.#lines) if (this.#random() < likelihood) line.isDead = true
  }

  stop(): void {
    this.isUp = false
    for (const line of [...this.#lines]) if (!line.isDead) this.#end(line)
  }

  start(): void {
    this.isUp = true
  }

  readonly send: Send = (request, outer) => {
    const handlers = onceEnded(outer)
    let line: Line | null = null
    let isAbandoned = false
    const latencyMs = 1 + this.#random() * 40
    if (request.url.includes('/mode/stream')) this.arrivals.push(this.clock.now)
    this.clock.later(latencyMs, () => {
      if (isAbandoned || this.weather === 'silent') return
      if (this.weather === 'refusing' || !this.isUp) handlers.onEnd(new Error('connection refused'))
      else line = this.#answer(request, handlers)
    })
    return () => {
      isAbandoned = true
      if (line) this.#lines.delete(line)
      handlers.onEnd(new Error('abandoned'))
    }
  }

  #answer({ url, method }: HttpRequest, handlers: HttpHandlers): Line | null {
    if (url.includes('/mode/stream')) {
      handlers.onHead(200, () => 'text/event-stream')
      const line: Line = { handlers, sent: [], held: null, isDead: false }
      this.#lines.add(line)
      this.#write(line, this.#frame())
      return line
    }
    handlers.onHead(200, () => 'application/json')
    if (method === 'GET') handlers.onText(this.#mode())
    handlers.onEnd(null)
    return null
  }

  #mode(): string {
    return JSON.stringify({ revision: this.revision, default: 'parallel', rules: [] })
  }

  #frame(): string {
    return `event: mode\nid: ${this.revision}\ndata: ${this.#mode()}\n\n`
  }

  #tellAll(): void {
    for (const line of this.#lines) this.#write(line, this.#frame())
  }

  #beat(): void {
    for (const line of this.#lines) this.#write(line, 'event: ping\ndata: {}\n\n')
    this.clock.later(HEARTBEAT_MS, () => this.#beat())
  }

  #end(line: Line): void {
    this.#lines.delete(line)
    this.clock.later(0, () => line.handlers.onEnd(new Error('connection lost')))
  }

  #write(line: Line, frame: string): void {
    if (line.isDead || this.weather === 'silent') return
    const latencyMs = 1 + this.#random() * 40
    const frames = this.#disturb(line, frame)
    this.clock.later(latencyMs, () => {
      if (line.isDead || !this.#lines.has(line)) return
      for (const text of frames) this.#deliver(line, text)
    })
  }

  #disturb(line: Line, frame: string): string[] {
    const frames: string[] = []
    if (line.held === null && this.#random() < this.disorder) line.held = frame
    else {
      frames.push(frame)
      if (line.held !== null) frames.push(line.held)
      line.held = null
    }
    const earlier = line.sent[Math.floor(this.#random() * line.sent.length)]
    if (earlier !== undefined && this.#random() < this.disorder) frames.push(earlier)
    line.sent.push(frame)
    return frames
  }

  #deliver(line: Line, text: string): void {
    const cut = this.#random() < this.disorder ? Math.floor(this.#random() * text.length) : text.length
    line.handlers.onText(text.slice(0, cut))
    if (cut < text.length) line.handlers.onText(text.slice(cut))
  }
}

/** A generator of numbers in [0, 1) that says the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
