import { OtlpFault } from '#ingest/otlp/fault.ts'
import { countSpans, isTraceRequest, splitJson } from './json-requests.ts'
import { splitProtobuf } from './protobuf-requests.ts'
import { type Item, parseExactly } from './read-items.ts'
import { RefusedError, type RejectedSpans, type ServerClient } from './server-client.ts'

/** Batches of one request, by number and by size. */
const MAX_BATCHES = 1_000
const MAX_BATCH_BYTES = 4 << 20
/** Larger requests are sent in parts; so are those that the server finds too large. */
const MAX_TRACE_BYTES = 8 << 20
const SMALLEST_PART_BYTES = 16 << 10
/** Requests at once: many small ones share a commit of the server, a few large ones its memory. */
const MAX_IN_FLIGHT = 16
const MAX_IN_FLIGHT_BYTES = 32 << 20
const TOO_LARGE = 413

/** What became of what was read. */
export interface ImportCounts {
  batches: number
  duplicates: number
  /** Batches, spans and pieces that were not taken; each was told of. */
  faults: number
  /** Requests with spans that were sent. */
  traces: number
}

type BatchItem = Extract<Item, { kind: 'batch' }>
type TraceItem = Extract<Item, { kind: 'traces' }>

/** Sends what was read, some requests at a time, and tells of everything that is not taken. */
export class Importer {
  readonly counts: ImportCounts = { batches: 0, duplicates: 0, faults: 0, traces: 0 }
  readonly #client: ServerClient
  readonly #onFault: (where: string, cause: string) => void
  readonly #inFlight = new Set<Promise<void>>()
  #inFlightBytes = 0
  #failure: { readonly error: unknown } | null = null
  #batches: BatchItem[] = []
  #batchBytes = 0

  constructor(client: ServerClient, onFault: (where: string, cause: string) => void) {
    this.#client = client
    this.#onFault = onFault
  }

  /** Resolves when there is room for more. @throws UnreachableError, also for what was added before */
  async add(item: Item): Promise<void> {
    if (item.kind === 'fault') this.#fault(item.where, item.cause)
    else if (item.kind === 'traces') await this.#start(sizeOf(item), () => this.#sendTraces(item))
    else {
      this.#batches.push(item)
      this.#batchBytes += item.json.length
      if (this.#batches.length >= MAX_BATCHES || this.#batchBytes >= MAX_BATCH_BYTES)
        await this.#flushBatches()
    }
  }

  /** Everything has been added: resolves when the server has it. */
  async finish(): Promise<void> {
    await this.#flushBatches()
    await Promise.all(this.#inFlight)
    this.#throwFailure()
  }

  #fault(where: string, cause: string, count = 1): void {
    this.counts.faults += count
    this.#onFault(where, cause)
  }

  async #start(bytes: number, work: () => Promise<void>): Promise<void> {
    const isFull = () =>
      this.#inFlight.size >= MAX_IN_FLIGHT || this.#inFlightBytes + bytes > MAX_IN_FLIGHT_BYTES
    while (this.#inFlight.size > 0 && isFull()) await Promise.race(this.#inFlight)
    this.#throwFailure()
    this.#inFlightBytes += bytes
    const done: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#inFlight.delete(done)
        this.#inFlightBytes -= bytes
      })
    this.#inFlight.add(done)
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  async #flushBatches(): Promise<void> {
    const [batches, bytes] = [this.#batches, this.#batchBytes]
    this.#batches = []
    this.#batchBytes = 0
    if (batches.length > 0) await this.#start(bytes, () => this.#sendBatches(batches))
  }

  async #sendBatches(batches: readonly BatchItem[]): Promise<void> {
    try {
      const answer = await this.#client.postBatches(batches.map(({ json }) => json))
      this.counts.batches += answer.accepted
      this.counts.duplicates += answer.duplicates
      for (const { index, path, reason } of answer.rejected)
        this.#fault(batches[index]?.where ?? '', path === '' ? reason : `${path} ${reason}`)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      const [first, ...others] = batches
      if (first === undefined) return
      if (others.length === 0) return this.#fault(first.where, error.message)
      // One of them makes the whole too large, or the server takes less than is usual.
      const half = batches.length >> 1
      await this.#sendBatches(batches.slice(0, half))
      await this.#sendBatches(batches.slice(half))
    }
  }

  async #sendTraces(item: TraceItem, maxBytes = MAX_TRACE_BYTES): Promise<void> {
    for (const part of this.#toParts(item, maxBytes)) {
      try {
        this.counts.traces += 1
        this.#told(item.where, await this.#client.postTraces(part.body, part.encoding))
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        const size = part.body.length
        if (error.status === TOO_LARGE && part.item !== null && size > SMALLEST_PART_BYTES)
          await this.#sendTraces(part.item, Math.min(size, maxBytes) >> 2)
        else this.#fault(item.where, error.message)
      }
    }
  }

  #told(where: string, { count, cause }: RejectedSpans): void {
    if (count > 0) this.#fault(where, cause, count)
  }

  #toParts(item: TraceItem, maxBytes: number): Part[] {
    try {
      return toParts(item, maxBytes)
    } catch (error) {
      if (!(error instanceof OtlpFault) && !(error instanceof SyntaxError)) throw error
      const cause = error instanceof OtlpFault ? `${error.path} ${error.reason}`.trim() : error.message
      this.#fault(item.where, error instanceof SyntaxError ? `is not JSON: ${cause}` : cause)
      return []
    }
  }
}

/** What it takes in memory while it is sent; a value that was parsed is sent in parts of this size. */
function sizeOf(item: TraceItem): number {
  if (item.encoding === 'json') return MAX_TRACE_BYTES
  return item.encoding === 'protobuf' ? item.bytes.byteLength : item.text.byteLength
}

/** What goes into one request; `item` is for splitting it once more. */
interface Part {
  readonly body: Uint8Array | string
  readonly encoding: 'json' | 'protobuf'
  readonly item: TraceItem | null
}

function toParts(item: TraceItem, maxBytes: number): Part[] {
  const { where } = item
  if (item.encoding === 'protobuf') {
    return splitProtobuf(item.bytes, maxBytes).map((body) => ({
      body,
      encoding: 'protobuf',
      item: { kind: 'traces', where, encoding: 'protobuf', bytes: Buffer.from(body) },
    }))
  }
  if (item.encoding === 'json-text' && item.text.byteLength <= maxBytes)
    return [{ body: item.text, encoding: 'json', item }]
  return toJsonParts(item, maxBytes)
}

function toJsonParts(item: Exclude<TraceItem, { encoding: 'protobuf' }>, maxBytes: number): Part[] {
  const value = item.encoding === 'json' ? item.value : parseExactly(item.text)
  const text = JSON.stringify(value)
  if (!isTraceRequest(value) || text.length <= maxBytes) return [{ body: text, encoding: 'json', item }]
  const spans = Math.max(1, Math.floor((countSpans(value) * maxBytes) / text.length))
  return splitJson(value, spans).map((part) => ({
    body: JSON.stringify(part),
    encoding: 'json',
    item: countSpans(part) > 1 ? { kind: 'traces', where: item.where, encoding: 'json', value: part } : null,
  }))
}
