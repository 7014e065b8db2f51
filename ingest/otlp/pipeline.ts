import { decodeText, decompress, parseJson, type ShapeBounds } from '../decode.ts'
import { RequestError } from '../errors.ts'
import type { DecodedSpans } from './collect.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { quoteLongNumbers } from './json-fields.ts'
import { parseJsonRequest } from './parse-json.ts'
import { encodingOf, type OtlpEncoding } from './response.ts'

/**
 * Values nest four objects and lists a level, to the bound on nesting; `{"intValue":1},` has 15 bytes. What is not
 * OTLP is never entered, so that only the parsed value itself takes memory: fifty megabytes for one of brackets.
 */
const OTLP_SHAPE: ShapeBounds = { scanFromBytes: 1 << 20, maxDepth: 96, minBytesPerContainer: 12 }

/** One request of `POST /v1/traces`, as the front received it. */
export interface OtlpRequest {
  readonly body: Uint8Array
  /** Value of `content-type`, empty for none. */
  readonly contentType: string
  /** Value of `content-encoding` in lower case, empty for none. */
  readonly contentEncoding: string
}

/** A request that was understood: its spans, and those that were refused. */
export interface DecodedRequest extends DecodedSpans {
  /** In which it is to be answered. */
  readonly encoding: OtlpEncoding
  /** Size of the body after decompression. */
  readonly byteLength: number
}

/**
 * Untrusted bytes to spans. A request without spans is a good one.
 * @throws RequestError 400 when the request can't be read, 413 when it is too large, also after decompression,
 * 415 for a content type or encoding that is not OTLP's. No sender repeats a request after any of these.
 */
export function decodeRequest(request: OtlpRequest, maxBytes: number): DecodedRequest {
  const encoding = encodingOf(request.contentType)
  if (encoding === null) {
    const found = request.contentType === '' ? '' : `, not \`${request.contentType.slice(0, 80)}\``
    throw new RequestError(415, `Content-Type must be application/x-protobuf or application/json${found}.`)
  }
  const bytes = decompress(request.body, request.contentEncoding, maxBytes)
  const decoded = encoding === 'protobuf' ? decodeProtobuf(bytes) : decodeJsonRequest(bytes)
  return { ...decoded, encoding, byteLength: bytes.byteLength }
}

function decodeJsonRequest(bytes: Uint8Array): DecodedSpans {
  return parseJsonRequest(parseJson(quoteLongNumbers(decodeText(bytes, OTLP_SHAPE))))
}
