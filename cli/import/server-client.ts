import { setTimeout as sleep } from 'node:timers/promises'
import { WireReader } from '#ingest/otlp/wire.ts'
import type { IngestAnswer } from '#lib/contract/ingest.ts'
import { type OtlpReceipt, otlpReceiptSchema } from '#lib/contract/otlp.ts'

const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'
/** A server that is full or starting anew gets this many chances, further and further apart. */
const TRIES = 8
/** What is only read is asked for first of all: a server that is not there is told of soon. */
const READ_TRIES = 3
const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 15_000
const TRY_AGAIN = new Set([429, 502, 503, 504])

/** A server refused a request as a whole; the message is its own. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The server cannot be reached, or goes on having no room. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** Spans of a request that the server did not take. */
export interface RejectedSpans {
  readonly count: number
  readonly cause: string
}

/** What an import asks of a server. Every request may be sent twice: what is known already changes nothing. */
export interface ServerClient {
  /** @throws RefusedError, UnreachableError */
  postBatches(json: readonly string[]): Promise<IngestAnswer>
  /** @throws RefusedError, UnreachableError */
  postTraces(body: Uint8Array | string, encoding: 'json' | 'protobuf'): Promise<RejectedSpans>
  /** Makes the batches final that wait for more spans. */
  settle(): Promise<void>
  readReceipt(): Promise<OtlpReceipt>
}

export function createServerClient(url: string): ServerClient {
  const at = (path: string) => new URL(path, url)
  return {
    async postBatches(json) {
      const response = await send(at('/api/v1/batches'), `{"batches":[${json.join(',')}]}`, JSON_TYPE)
      return (await response.json()) as IngestAnswer
    },
    async postTraces(body, encoding) {
      const response = await send(at('/v1/traces'), body, encoding === 'json' ? JSON_TYPE : PROTOBUF_TYPE)
      if (encoding === 'protobuf') return readPartialSuccess(new Uint8Array(await response.arrayBuffer()))
      const { partialSuccess } = (await response.json()) as JsonAnswer
      return {
        count: Number(partialSuccess?.rejectedSpans ?? 0),
        cause: partialSuccess?.errorMessage ?? '',
      }
    },
    async settle() {
      await send(at('/api/v1/otlp/settle'), '{}', JSON_TYPE)
    },
    async readReceipt() {
      const response = await request(at('/api/v1/otlp/receipt'), {}, READ_TRIES)
      return otlpReceiptSchema.parse(await response.json())
    },
  }
}

interface JsonAnswer {
  readonly partialSuccess?: { readonly rejectedSpans?: string | number; readonly errorMessage?: string }
}

function send(url: URL, body: Uint8Array | string, type: string): Promise<Response> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
}

async function request(url: URL, init: RequestInit, maxTries = TRIES): Promise<Response> {
  let waitMs = FIRST_WAIT_MS
  for (let tries = 1; ; tries++) {
    const answered = await fetch(url, init).catch((error: unknown) => error as Error)
    if (answered instanceof Response && !TRY_AGAIN.has(answered.status)) {
      if (answered.ok) return answered
      throw new RefusedError(answered.status, await describeFailure(answered))
    }
    if (tries === maxTries) {
      const cause = answered instanceof Response ? await describeFailure(answered) : causeOf(answered)
      throw new UnreachableError(`The server at ${url.origin} does not answer: ${cause}`)
    }
    const asked = answered instanceof Response ? Number(answered.headers.get('retry-after')) * 1000 : 0
    if (answered instanceof Response) await answered.body?.cancel()
    await sleep(Math.min(MAX_WAIT_MS, Math.max(waitMs, asked || 0)))
    waitMs *= 2
  }
}

/** `fetch` says "fetch failed" and hides why. */
function causeOf(error: Error): string {
  const { cause } = error
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause
  return inner instanceof Error ? inner.message : error.message
}

/** What a problem document or a google.rpc.Status says; the text itself where it is neither. */
async function describeFailure(response: Response): Promise<string> {
  const body = new Uint8Array(await response.arrayBuffer())
  if (response.headers.get('content-type') === PROTOBUF_TYPE) return readStatusMessage(body)
  const text = Buffer.from(body).toString()
  try {
    const { detail, message, title } = JSON.parse(text) as Record<string, unknown>
    return String(detail ?? message ?? title ?? text)
  } catch {
    return text.slice(0, 500) || response.statusText
  }
}

/** google.rpc.Status { 2: message } */
function readStatusMessage(bytes: Uint8Array): string {
  const reader = new WireReader(bytes)
  let text = ''
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 2) text = reader.text('message')
    else reader.skip()
  }
  return text
}

/** ExportTraceServiceResponse { 1: ExportTracePartialSuccess { 1: rejected_spans, 2: error_message } } */
function readPartialSuccess(bytes: Uint8Array): RejectedSpans {
  const reader = new WireReader(bytes)
  let count = 0
  let cause = ''
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field !== 1) {
      reader.skip()
      continue
    }
    const outer = reader.enter('partialSuccess')
    for (let inner = reader.nextField(); inner !== 0; inner = reader.nextField()) {
      if (inner === 1) count = Number(reader.int64('rejectedSpans'))
      else if (inner === 2) cause = reader.text('errorMessage')
      else reader.skip()
    }
    reader.leave(outer)
  }
  return { count, cause }
}
