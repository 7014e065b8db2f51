/**
 * Ids of batches and runs come from senders and are any text; most are UUIDs. Stored as 16 bytes those
 * take less than half the room of their text, and UUIDv7 keys grow at the end of their index.
 */
export type Key = Uint8Array | string

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Completes the beginning of a UUID to a whole one. */
const ANY_UUID = '00000000-0000-0000-0000-000000000000'

/** The stored form of an id. Only the canonical lower-case UUID is packed, so that decoding gives the same text back. */
export function encodeKey(id: string): Key {
  return id.length === 36 && CANONICAL_UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id
}

/** The inverse of {@link encodeKey}. */
export function decodeKey(key: Key): string {
  if (typeof key === 'string') return key
  const hex = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A half-open range of stored keys; `to` null = open. */
export interface KeyRange {
  readonly from: Key
  readonly to: Key | null
}

/** The ranges of stored keys that hold every id beginning with `prefix`: one of text, and one of bytes if it may begin a UUID. */
export function prefixRanges(prefix: string): KeyRange[] {
  // No stored text sorts after U+10FFFF, so it closes the range of texts that begin with the prefix.
  const ranges: KeyRange[] = [{ from: prefix, to: `${prefix}\u{10FFFF}` }]
  if (!CANONICAL_UUID.test(prefix + ANY_UUID.slice(prefix.length))) return ranges
  const hex = prefix.replaceAll('-', '')
  const from = Buffer.from(hex.padEnd(32, '0'), 'hex')
  const last = Buffer.from(hex.padEnd(32, 'f'), 'hex')
  // The last key of the range is a key itself: a byte appended to it makes the bound exclusive.
  ranges.push({ from, to: Buffer.concat([last, Buffer.from([0])]) })
  return ranges
}
