import { OtlpFault } from './fault.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const UINT64_MAX = 2n ** 64n - 1n
const NO_ITEMS: readonly unknown[] = []

/** How the names of the 64-bit fields end, and what follows where a number is too long to be exact once parsed. */
const LONG_FIELD_ENDS = ['UnixNano"', 'intValue"']
const LONG_NUMBER = /\s*:\s*-?\d{16}/y

/**
 * In JSON a name between quotes before a colon is a key, and a quote inside of a text has a backslash before it:
 * no text is ever touched.
 */
const LONG_FIELDS =
  /("(?:startTimeUnixNano|endTimeUnixNano|timeUnixNano|intValue)"\s*:\s*)(-?\d{16,20})(?=\s*[,}])/g

/** The same JSON with 64-bit numbers that a double can't hold put in quotes. */
export function quoteLongNumbers(text: string): string {
  return holdsLongNumber(text) ? text.replace(LONG_FIELDS, '$1"$2"') : text
}

/** Most senders use text, as they should: to see that takes a tenth of the time of replacing. */
function holdsLongNumber(text: string): boolean {
  return LONG_FIELD_ENDS.some((name) => {
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
      LONG_NUMBER.lastIndex = at + name.length
      if (LONG_NUMBER.test(text)) return true
    }
    return false
  })
}

/** @throws OtlpFault when it is anything but an object */
export function asObject(field: string, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OtlpFault(field, 'must be an object')
  return value as JsonObject
}

/** The list in a field, empty when it is not there. @throws OtlpFault when it is anything else */
export function listOf(holder: JsonObject, field: string): readonly unknown[] {
  const value = holder[field]
  if (value == null) return NO_ITEMS
  if (!Array.isArray(value)) throw new OtlpFault(field, 'must be a list')
  return value
}

/** Bytes that OTLP writes in hexadecimal, in lower case. */
export function readHex(field: string, value: unknown): string {
  if (value == null) return ''
  if (typeof value !== 'string') throw new OtlpFault(field, 'must be text')
  if (!/^[0-9a-fA-F]*$/.test(value)) throw new OtlpFault(field, 'must be hexadecimal digits')
  return value.toLowerCase()
}

/** An enum: OTLP allows its integers only, not its names. */
export function readEnum(field: string, value: unknown): number {
  if (value == null) return 0
  if (typeof value !== 'number' || (value | 0) !== value) throw new OtlpFault(field, 'must be an integer')
  return value
}

/** A time. 0 when it is not there. */
export function readFixed64(field: string, value: unknown): bigint {
  if (value == null) return 0n
  const integer = toInteger(field, value)
  if (integer < 0n || integer > UINT64_MAX)
    throw new OtlpFault(field, 'must be an integer of 64 bits without sign')
  return integer
}

/** An int64: a number where that is exact. */
export function readInt64(field: string, value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const integer = toInteger(field, value)
  if (integer < INT64_MIN || integer > INT64_MAX) throw new OtlpFault(field, 'must be an integer of 64 bits')
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : integer
}

function toInteger(field: string, value: unknown): bigint {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  if (typeof value !== 'number') throw new OtlpFault(field, 'must be an integer, as text or as a number')
  if (Number.isSafeInteger(value)) return BigInt(value)
  if (Number.isInteger(value))
    throw new OtlpFault(field, 'is too large to be exact as a number: send it as text')
  throw new OtlpFault(field, 'must be an integer')
}

/** A double, which JSON can write as text: it must where it is infinite or no number. */
export function readDouble(field: string, value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(value))
    return Number(value)
  throw new OtlpFault(field, 'must be a number')
}

/** Bytes in base64, of either alphabet. */
export function readBytes(field: string, value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
    throw new OtlpFault(field, 'must be base64')
  return new Uint8Array(Buffer.from(value, 'base64'))
}
