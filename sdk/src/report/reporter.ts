import type { Batch } from '../batch.ts'
import { messageOf } from '../failure.ts'
import { read } from '../guard.ts'
import type { Stats } from '../types.ts'
import { backoffMs, type Delivery, type Endpoint, exchange } from './delivery.ts'
import type { RecordBuilder } from './record.ts'

const PATH = 'api/v1/batches'
const SEND_AFTER_MS = 150
const MAX_BATCHES_A_REQUEST = 100
/** Small enough for the sockets' buffers, so that a server that never reads does not hold the process. */
const MAX_BODY_CHARS = 256_000
/** Bounds the memory of a queue of very large batches. */
const MAX_QUEUED_CALLS = 200_000
const MAX_BACKOFF_MS = 30_000

type Counts = Omit<Stats, 'modeRevision' | 'modeConnected' | 'unclassified'>

/**
 * Sends records in the background: a bounded queue, one request at a time, until the server takes it or
 * refuses it for good. What does not fit into the queue is the newest, and is counted.
 */
export class Reporter {
  readonly #counts = { sent: 0, accepted: 0, duplicates: 0, rejected: 0, dropped: 0, retries: 0 }
  readonly #endpoint: Endpoint
  readonly #builder: RecordBuilder
  readonly #sdk: { readonly name: string; readonly version: string }
  readonly #maxQueued: number
  readonly #diagnose: (code: string, message: string) => void
  readonly #queue: Batch[] = []
  #queuedCalls = 0
  /** Records on their way: built once, kept until answered. Several after a request was too large. */
  #parcels: string[][] = []
  #failures = 0
  /** By the monotonic clock: until then the server asked not to be asked. */
  #notBefore = 0
  #sending = false
  #closed = false
  #abandon = () => {}
  #cancelTimer: (() => void) | null = null
  #idle: (() => void)[] = []

  constructor(
    endpoint: Endpoint,
    builder: RecordBuilder,
    sdk: { readonly name: string; readonly version: string },
    maxQueued: number,
    diagnose: (code: string, message: string) => void,
  ) {
    this.#endpoint = endpoint
    this.#builder = builder
    this.#sdk = sdk
    this.#maxQueued = maxQueued
    this.#diagnose = diagnose
  }

  stats(): Counts {
    return { ...this.#counts, queued: this.#queued(), altered: this.#builder.altered }
  }

  add(batch: Batch): void {
    const calls = batch.entries.length
    const queued = this.#queued()
    const full = queued >= this.#maxQueued || (queued > 0 && this.#queuedCalls + calls > MAX_QUEUED_CALLS)
    if (this.#closed || full) {
      batch.release(false)
      this.#drop(1, `the queue is full at ${queued} batches: further ones are not recorded`)
      return
    }
    this.#queue.push(batch)
    this.#queuedCalls += calls
    if (this.#builder.prints) this.#endpoint.platform.later(0, () => this.#builder.print(batch))
    this.#wake(SEND_AFTER_MS)
  }

  /** Sends at once, whatever our own backoff (but not the server's); resolves when nothing is left. */
  drain(): Promise<void> {
    if (this.#queued() === 0) return Promise.resolve()
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#wake(Math.max(0, this.#notBefore - this.#endpoint.platform.now()))
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Stops; what is still queued is dropped and counted. */
  close(): void {
    this.#closed = true
    this.#cancelTimer?.()
    const left = this.#queued()
    this.#queue.length = 0
    this.#parcels = []
    this.#abandon()
    if (left > 0) this.#drop(left, `${left} batches were not sent before shutdown`)
  }

  #queued(): number {
    return this.#parcels.reduce((sum, parcel) => sum + parcel.length, this.#queue.length)
  }

  #drop(batches: number, why: string): void {
    this.#counts.dropped += batches
    this.#diagnose('dropped', why)
  }

  #wake(ms: number): void {
    if (this.#cancelTimer !== null || this.#sending) return
    if (ms <= 0) {
      this.#send()
      return
    }
    this.#cancelTimer = this.#endpoint.platform.later(ms, () => {
      this.#cancelTimer = null
      this.#send()
    })
  }

  #send(): void {
    if (this.#sending || this.#closed) return
    if (this.#parcels.length === 0 && this.#queue.length > 0) this.#parcels.push(this.#pack())
    const parcel = this.#parcels[0]
    if (parcel === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    this.#sending = true
    const head = JSON.stringify({ sdk: this.#sdk, sent_at: this.#endpoint.platform.wall() }).slice(0, -1)
    const body = `${head},"batches":[${parcel.join(',')}]}`
    this.#abandon = exchange(this.#endpoint, PATH, body, (delivery) => {
      this.#sending = false
      if (!this.#closed) this.#settle(parcel, delivery)
    })
  }

  #pack(): string[] {
    const parcel: string[] = []
    let chars = 0
    let taken = 0
    for (const batch of this.#queue.slice(0, MAX_BATCHES_A_REQUEST)) {
      taken++
      this.#queuedCalls -= batch.entries.length
      try {
        const record = this.#builder.build(batch)
        parcel.push(record)
        chars += record.length
      } catch (error) {
        this.#drop(1, `a batch could not be recorded: ${messageOf(error)}`)
      }
      if (chars > MAX_BODY_CHARS) break
    }
    this.#queue.splice(0, taken)
    return parcel
  }

  #settle(parcel: string[], delivery: Delivery): void {
    if (delivery.kind === 'retry') {
      this.#counts.retries++
      this.#diagnose('unreachable', `batches wait for the server: ${delivery.why}`)
      if (delivery.afterMs !== null) this.#notBefore = this.#endpoint.platform.now() + delivery.afterMs
      this.#wake(delivery.afterMs ?? backoffMs(this.#failures++, MAX_BACKOFF_MS))
      return
    }
    this.#parcels.shift()
    this.#failures = 0
    if (delivery.kind === 'taken') this.#count(parcel, delivery.body)
    else if (delivery.kind === 'too-large' && parcel.length > 1) {
      const half = parcel.length >> 1
      this.#parcels.unshift(parcel.slice(0, half), parcel.slice(half))
    } else {
      const why =
        delivery.kind === 'refused'
          ? `status ${delivery.status}: ${delivery.body.slice(0, 200)}`
          : 'too large'
      this.#drop(parcel.length, `the server refused ${parcel.length} batches: ${why}`)
    }
    const inHaste =
      this.#parcels.length > 0 || this.#idle.length > 0 || this.#queue.length >= MAX_BATCHES_A_REQUEST
    if (inHaste) this.#send()
    else if (this.#queue.length > 0) this.#wake(SEND_AFTER_MS)
  }

  #count(parcel: readonly string[], body: string): void {
    this.#counts.sent += parcel.length
    let answer: unknown
    try {
      answer = JSON.parse(body)
    } catch {
      // Told below: whoever answered, it was not Parascope.
    }
    const accepted = read(answer, 'accepted')
    const duplicates = read(answer, 'duplicates')
    const rejected = read(answer, 'rejected')
    if (typeof accepted !== 'number' || typeof duplicates !== 'number' || !Array.isArray(rejected)) {
      this.#diagnose(
        'answer',
        `${this.#endpoint.base} does not answer as Parascope does: ${body.slice(0, 100)}`,
      )
      return
    }
    this.#counts.accepted += accepted
    this.#counts.duplicates += duplicates
    this.#counts.rejected += rejected.length
    if (rejected.length > 0) {
      this.#diagnose('rejected', `the server rejected a batch: ${JSON.stringify(rejected[0]).slice(0, 300)}`)
    }
  }
}
