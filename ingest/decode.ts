import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { RequestError } from './errors.ts'

/** What is taken for the shape of a large text. */
export interface ShapeBounds {
  /** Smaller ones can't nest deep enough to hurt; larger ones are scanned before they are parsed. */
  readonly scanFromBytes: number
  readonly maxDepth: number
  /** Objects and lists of fewer bytes, on average, are made to fill memory. */
  readonly minBytesPerContainer: number
}

/** The contract itself nests five levels, and a call with nothing but empty lists has 20 bytes for each. */
const BATCH_SHAPE: ShapeBounds = { scanFromBytes: 1 << 18, maxDepth: 32, minBytesPerContainer: 16 }

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export interface DecodeOptions {
  /** Value of `content-encoding`; empty or `identity` for none. */
  readonly encoding: string
  /** Bound on the body after decompression. */
  readonly maxBytes: number
}

/** What the bytes of a request held. */
export interface DecodedBody {
  readonly value: unknown
  /** After decompression. */
  readonly byteLength: number
  /** JSON can spell halves of surrogate pairs, which are no text: true when this one may do so. */
  readonly mayHoldLoneSurrogates: boolean
}

/**
 * Bytes of a request to the JSON value that they hold.
 * @throws RequestError 400 when they are not JSON in UTF-8, 413 when too large, 415 for an unknown encoding
 */
export function decodeJson(body: Uint8Array, { encoding, maxBytes }: DecodeOptions): DecodedBody {
  const bytes = decompress(body, encoding, maxBytes)
  const text = decodeText(bytes, BATCH_SHAPE)
  return {
    value: parseJson(text),
    byteLength: bytes.byteLength,
    mayHoldLoneSurrogates: text.includes('\\ud') || text.includes('\\uD'),
  }
}

/**
 * The text of a JSON body, not parsed yet but safe to parse.
 * @throws RequestError 400 when it is empty, not UTF-8 or of a shape that is made to fill memory
 */
export function decodeText(body: Uint8Array, shape: ShapeBounds): string {
  const bytes = asBuffer(body)
  if (bytes.byteLength === 0) throw new RequestError(400, 'The body is empty.')
  if (!isUtf8(bytes)) throw new RequestError(400, 'The body is not UTF-8.')
  const fault = bytes.byteLength > shape.scanFromBytes ? findShapeFault(bytes, shape) : null
  if (fault !== null) throw new RequestError(400, `The body ${fault}.`)
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
  return bytes.toString('utf8', hasMark ? BYTE_ORDER_MARK.length : 0)
}

/** @throws RequestError 400 when the text is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const cause = error instanceof Error ? error.message.slice(0, 200) : 'unreadable'
    throw new RequestError(400, `The body is not JSON: ${cause}`)
  }
}

/**
 * The bytes of a body as they were before they were packed.
 * @throws RequestError 400 when they can't be unpacked, 413 when too large, 415 for an unknown encoding
 */
export function decompress(body: Uint8Array, encoding: string, maxBytes: number): Uint8Array {
  const tooLarge = () => new RequestError(413, `The body is larger than ${maxBytes} bytes.`)
  if (encoding === '' || encoding === 'identity') {
    if (body.byteLength > maxBytes) throw tooLarge()
    return body
  }
  if (encoding !== 'gzip')
    throw new RequestError(
      415,
      `Content-Encoding \`${encoding.slice(0, 40)}\` is not supported: use gzip or identity.`,
    )
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new RequestError(400, 'The body is not valid gzip.')
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * What is wrong with the shape of a large text before it is parsed: a megabyte of `[` would become tens of
 * megabytes of arrays, and twenty of `{},` half a gigabyte of objects. Null when it may be parsed.
 */
export function findShapeFault(
  bytes: Uint8Array,
  { maxDepth, minBytesPerContainer }: ShapeBounds = BATCH_SHAPE,
): string | null {
  const maxContainers = bytes.byteLength / minBytesPerContainer
  let containers = 0
  let depth = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) i = endOfString(bytes, i)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1
      containers += 1
      if (depth > maxDepth) return `nests deeper than ${maxDepth} levels`
      if (containers > maxContainers) return 'consists of almost nothing but brackets'
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
  }
  return null
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    if (bytes[i] === BACKSLASH) i += 1
    else if (bytes[i] === QUOTE) return i
  }
  return bytes.length
}
