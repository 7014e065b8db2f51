import type { FieldFault } from '../errors.ts'
import type { DecodedSpans } from './collect.ts'
import { lengthField, message, varintField } from './write-wire.ts'

/** The encodings of OTLP/HTTP. An answer has that of its request. */
export type OtlpEncoding = 'json' | 'protobuf'

export const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
}

/** The encoding that a `content-type` names, with or without parameters; null when OTLP has none of that name. */
export function encodingOf(contentType: string): OtlpEncoding | null {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType === CONTENT_TYPES.json) return 'json'
  return mediaType === CONTENT_TYPES.protobuf ? 'protobuf' : null
}

/** Faults that an answer spells out; the others are counted. */
const TOLD_FAULTS = 5
const BAD_REQUEST_TYPE = 'type.googleapis.com/google.rpc.BadRequest'
const INVALID_ARGUMENT = 3
const INTERNAL = 13

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto, by HTTP status. */
const RPC_CODES: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  429: 8,
  502: 14,
  503: 14,
  504: 4,
}

/**
 * The ExportTraceServiceResponse of a request that could be read. `partial_success` is left out when nothing was
 * rejected: a sender takes it for a warning wherever it is set.
 */
export function encodeResponse(encoding: OtlpEncoding, decoded: DecodedSpans): Uint8Array {
  const { count } = decoded.rejected
  if (encoding === 'json') {
    // Protobuf writes 64-bit integers as text in JSON.
    const partialSuccess = { rejectedSpans: String(count), errorMessage: describeRejected(decoded) }
    return Buffer.from(JSON.stringify(count === 0 ? {} : { partialSuccess }))
  }
  if (count === 0) return new Uint8Array()
  return lengthField(1, message(varintField(1, count), lengthField(2, describeRejected(decoded))))
}

function describeRejected({ spans, rejected: { count, faults } }: DecodedSpans): string {
  const told = faults.slice(0, TOLD_FAULTS).map(({ path, reason }) => `${path} ${reason}`)
  const more = count - told.length
  const list = more > 0 ? [...told, `and ${more} more`] : told
  return `${count} of ${count + spans.length} spans were rejected: ${list.join('; ')}.`
}

/** A request that was refused as a whole. */
export interface Refusal {
  /** HTTP status; senders repeat a request after 429, 502, 503 and 504, and after no other. */
  readonly status: number
  readonly message: string
  readonly faults: readonly FieldFault[]
}

/** The google.rpc.Status of a request that was refused, with the fields at fault where they are known. */
export function encodeStatus(encoding: OtlpEncoding, { status, message: text, faults }: Refusal): Uint8Array {
  const code = RPC_CODES[status] ?? (status < 500 ? INVALID_ARGUMENT : INTERNAL)
  if (encoding === 'json') {
    const fieldViolations = faults.map(({ path, reason }) => ({ field: path, description: reason }))
    const details = faults.length === 0 ? {} : { details: [{ '@type': BAD_REQUEST_TYPE, fieldViolations }] }
    return Buffer.from(JSON.stringify({ code, message: text, ...details }))
  }
  const fields = [varintField(1, code), lengthField(2, text)]
  if (faults.length > 0) {
    const violations = faults.map(({ path, reason }) =>
      lengthField(1, message(lengthField(1, path), lengthField(2, reason))),
    )
    fields.push(
      lengthField(3, message(lengthField(1, BAD_REQUEST_TYPE), lengthField(2, message(...violations)))),
    )
  }
  return message(...fields)
}
