import { OtlpFault } from './fault.ts'

/** https://protobuf.dev/programming-guides/encoding/#structure; groups (3 and 4) were never part of OTLP. */
const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

const WIRE_TYPES = ['a varint', '64 bits', 'length-delimited', 'a group', 'the end of a group', '32 bits']
const TWO_TO_32 = 0x1_0000_0000
const MAX_FIELD_NUMBER = (1 << 29) - 1

/** Keys repeat from span to span and from request to request: a slot for each, found by a hash of its bytes. */
const KEY_SLOTS = 2_048
const MAX_CACHED_KEY_BYTES = 64
const knownKeys: string[] = new Array<string>(KEY_SLOTS).fill('')

/**
 * Reads protobuf from untrusted bytes. `nextField` moves to a field; then exactly one of the methods that read
 * takes its value, or `skip`. Nothing is read from beyond the message that was entered last.
 * @throws OtlpFault that names the field, from every method
 */
export class WireReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #position = 0
  #limit: number
  #wireType = VARINT
  #fieldNumber = 0
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#limit = bytes.byteLength
  }

  get position(): number {
    return this.#position
  }

  /** End of the message that is being read. */
  get limit(): number {
    return this.#limit
  }

  /** The number of the next field, 0 at the end of the message. */
  nextField(): number {
    if (this.#position >= this.#limit) return 0
    const tag = this.#size('')
    const fieldNumber = Math.floor(tag / 8)
    if (fieldNumber === 0 || fieldNumber > MAX_FIELD_NUMBER)
      throw new OtlpFault('', `holds a field of the number ${fieldNumber}`)
    this.#wireType = tag % 8
    this.#fieldNumber = fieldNumber
    return fieldNumber
  }

  /** Enters the message in this field; what it gives is what `leave` takes. */
  enter(field: string): number {
    const outerLimit = this.#limit
    this.#limit = this.#endOfLength(field)
    return outerLimit
  }

  leave(outerLimit: number): void {
    this.#position = this.#limit
    this.#limit = outerLimit
  }

  /** To read a message a second time, or to go on behind one that is at fault: places that were seen before. */
  seek(position: number, limit: number): void {
    this.#position = position
    this.#limit = limit
  }

  /** Passes over a field, whatever its number means. */
  skip(): void {
    const field = `field ${this.#fieldNumber}`
    switch (this.#wireType) {
      case VARINT:
        this.#position = this.#endOfVarint(field)
        return
      case FIXED64:
        this.#advance(8, field)
        return
      case LENGTH_DELIMITED:
        this.#position = this.#endOfLength(field)
        return
      case FIXED32:
        this.#advance(4, field)
        return
      default:
        throw new OtlpFault(field, `is ${nameOf(this.#wireType)}, which OTLP does not have`)
    }
  }

  /** Text; bytes that are not UTF-8, as of a text that was cut inside of a character, become U+FFFD. */
  text(field: string): string {
    const end = this.#endOfLength(field)
    const text = this.#bytes.toString('utf8', this.#position, end)
    this.#position = end
    return text
  }

  /** Text that is likely to have been read before. */
  key(field: string): string {
    const end = this.#endOfLength(field)
    const start = this.#position
    this.#position = end
    const byteLength = end - start
    if (byteLength < 4 || byteLength > MAX_CACHED_KEY_BYTES) return this.#bytes.toString('utf8', start, end)
    const slot = hashBytes(this.#bytes, start, end) & (KEY_SLOTS - 1)
    const cached = knownKeys[slot] as string
    if (spells(this.#bytes, start, end, cached)) return cached
    const text = this.#bytes.toString('utf8', start, end)
    knownKeys[slot] = text
    return text
  }

  /** Bytes in lower-case hexadecimal. */
  hex(field: string): string {
    const end = this.#endOfLength(field)
    const text = this.#bytes.toString('hex', this.#position, end)
    this.#position = end
    return text
  }

  /** A copy, so that it does not keep the whole request in memory. */
  bytes(field: string): Uint8Array {
    const end = this.#endOfLength(field)
    const copy = new Uint8Array(this.#bytes.subarray(this.#position, end))
    this.#position = end
    return copy
  }

  fixed64(field: string): bigint {
    this.#expect(FIXED64, field)
    const start = this.#position
    this.#advance(8, field)
    return this.#view.getBigUint64(start, true)
  }

  double(field: string): number {
    this.#expect(FIXED64, field)
    const start = this.#position
    this.#advance(8, field)
    return this.#view.getFloat64(start, true)
  }

  /** An int64: a number where that is exact. */
  int64(field: string): number | bigint {
    this.#varint(field)
    const value = this.#high * TWO_TO_32 + (this.#low >>> 0)
    if (Number.isSafeInteger(value)) return value
    return (BigInt(this.#high) << 32n) | BigInt(this.#low >>> 0)
  }

  /** An enum: of a varint that is longer the low 32 bits, as everywhere in protobuf. */
  int32(field: string): number {
    this.#varint(field)
    return this.#low
  }

  bool(field: string): boolean {
    this.#varint(field)
    return (this.#low | this.#high) !== 0
  }

  /** Reads a varint into two signed words. */
  #varint(field: string): void {
    this.#expect(VARINT, field)
    const start = this.#position
    const end = this.#endOfVarint(field)
    let low = 0
    let high = 0
    // Seven bits a byte: the fifth lies across the border of the words, and of the tenth one bit is left.
    for (let i = start, shift = 0; i < end; i++, shift += 7) {
      const bits = (this.#bytes[i] as number) & 0x7f
      if (shift < 32) low |= bits << shift
      if (shift === 28) high = bits >>> 4
      else if (shift > 28) high |= bits << (shift - 32)
    }
    this.#low = low
    this.#high = high
    this.#position = end
  }

  #expect(wireType: number, field: string): void {
    if (this.#wireType !== wireType)
      throw new OtlpFault(field, `is ${nameOf(this.#wireType)} on the wire, not ${nameOf(wireType)}`)
  }

  #advance(byteLength: number, field: string): void {
    if (byteLength > this.#limit - this.#position) throw breaksOff(field)
    this.#position += byteLength
  }

  #endOfLength(field: string): number {
    this.#expect(LENGTH_DELIMITED, field)
    const byteLength = this.#size(field)
    const end = this.#position + byteLength
    if (end > this.#limit) throw breaksOff(field)
    return end
  }

  /** A varint that is a tag or a length: anything from 2^35 is too large for either. */
  #size(field: string): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 5; i++) {
      if (this.#position >= this.#limit) throw breaksOff(field)
      const byte = this.#bytes[this.#position] as number
      this.#position += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    throw new OtlpFault(field, 'has a tag or a length that is too large')
  }

  #endOfVarint(field: string): number {
    const last = Math.min(this.#position + 10, this.#limit)
    for (let i = this.#position; i < last; i++) if ((this.#bytes[i] as number) < 0x80) return i + 1
    if (last === this.#limit) throw breaksOff(field)
    throw new OtlpFault(field, 'is a varint of more than ten bytes')
  }
}

/** By the length and the ends: names of one convention begin alike and differ in their last letters. */
function hashBytes(bytes: Buffer, start: number, end: number): number {
  let hash = end - start
  for (let i = end - 4; i < end; i++) hash = (hash * 31 + (bytes[i] as number)) | 0
  hash = (hash * 31 + (bytes[start + ((end - start) >> 1)] as number)) | 0
  return hash ^ (hash >>> 11)
}

/** Whether these bytes are this text. Only ever true of ASCII, where a byte is a character. */
function spells(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[start + i] as number
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false
  }
  return true
}

function nameOf(wireType: number): string {
  return WIRE_TYPES[wireType] ?? `of wire type ${wireType}`
}

function breaksOff(field: string): OtlpFault {
  return new OtlpFault(field, 'breaks off')
}
