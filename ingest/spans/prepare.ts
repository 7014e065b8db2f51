import type { SpanFacts } from '../dialects/facts.ts'
import type { Fingerprint } from '../dialects/fingerprint.ts'
import { isRecognised, normaliseSpan } from '../dialects/registry.ts'
import type { DecodedRequest, OtlpRequest } from '../otlp/pipeline.ts'
import { decodeRequest } from '../otlp/pipeline.ts'
import { createReceiptTally, type ReceiptKind } from './receipt-tally.ts'

/** A request of `POST /v1/traces` with the time at which it came. */
export interface SpanRequest extends OtlpRequest {
  readonly receivedAtMs: number
}

/** Spans that may be put into the buffer, and what the sender is to be told. */
export interface PreparedSpans {
  readonly decoded: DecodedRequest
  readonly receivedAtMs: number
  readonly spans: readonly PreparedSpan[]
  readonly receipts: readonly ReceiptKind[]
}

export interface PreparedSpan {
  readonly facts: SpanFacts
  /** False for a span of which only its place among the others is known. */
  readonly isRecognised: boolean
}

/**
 * Untrusted bytes to facts. Touches no store, so that it can run outside of the transaction.
 * @throws RequestError when the request can't be read
 */
export function prepareSpans(request: SpanRequest, print: Fingerprint, maxBytes: number): PreparedSpans {
  const decoded = decodeRequest(request, maxBytes)
  const tally = createReceiptTally()
  const spans = decoded.spans.map((span): PreparedSpan => {
    const read = normaliseSpan(span, print)
    tally.add(read)
    return isRecognised(read)
      ? { facts: read, isRecognised: true }
      : { facts: read.place, isRecognised: false }
  })
  return { decoded, receivedAtMs: request.receivedAtMs, spans, receipts: tally.kinds() }
}
