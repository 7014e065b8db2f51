import { gunzipSync } from 'node:zlib'
import { RequestError } from './errors.ts'

/** Bodies up to this size can't nest deep enough to hurt; larger ones are scanned before they are parsed. */
const SCAN_FROM_BYTES = 1 << 20
/** Deeper than any batch: the contract itself nests five levels. */
const MAX_DEPTH = 32

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c

export interface DecodeOptions {
  /** Value of `content-encoding`; empty or `identity` for none. */
  readonly encoding: string
  /** Bound on the body after decompression. */
  readonly maxBytes: number
}

/**
 * Bytes of a request to the JSON value that they hold.
 * @throws RequestError 400 when they are not JSON, 413 when too large, 415 for an unknown encoding
 */
export function decodeJson(body: Uint8Array, { encoding, maxBytes }: DecodeOptions): unknown {
  const bytes = decompress(body, encoding, maxBytes)
  if (bytes.byteLength > SCAN_FROM_BYTES && nestsDeeperThan(bytes, MAX_DEPTH)) {
    throw new RequestError(400, `The body nests deeper than ${MAX_DEPTH} levels.`)
  }
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch (error) {
    throw new RequestError(
      400,
      `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}`,
    )
  }
}

function decompress(body: Uint8Array, encoding: string, maxBytes: number): Uint8Array {
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

/**
 * True when the text nests arrays and objects deeper than `maxDepth`. A megabyte of `[` would otherwise
 * become tens of megabytes of arrays.
 */
export function nestsDeeperThan(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) i = endOfString(bytes, i)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
  }
  return false
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let i = start + 1; i < bytes.length; i++) {
    if (bytes[i] === BACKSLASH) i += 1
    else if (bytes[i] === QUOTE) return i
  }
  return bytes.length
}
