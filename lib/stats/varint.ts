const INITIAL_BYTES = 64
/** Below this the fast 32-bit operators apply. */
const INT32_LIMIT = 2 ** 31

/**
 * Appends bytes and unsigned LEB128 integers up to `Number.MAX_SAFE_INTEGER`, the shortest form of each, so
 * that equal values are equal bytes.
 */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES)
  #length = 0

  writeByte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes[this.#length++] = byte
  }

  /** Throws a `RangeError` for what is not a safe integer or is negative: an aggregate must never become so. */
  writeVarint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`cannot encode ${value} as a count`)
    let high = value
    while (high >= INT32_LIMIT) {
      this.writeByte((high % 128) | 128)
      high = Math.floor(high / 128)
    }
    while (high > 127) {
      this.writeByte((high & 127) | 128)
      high >>>= 7
    }
    this.writeByte(high)
  }

  /** A copy of what was written so far. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

/** Reads what `ByteWriter` wrote. Throws a `RangeError` at bytes that it cannot have written. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  readByte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new RangeError('encoded bytes end too early')
    return byte
  }

  readVarint(): number {
    let byte = this.readByte()
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 1
    do {
      byte = this.readByte()
      scale *= 128
      value += (byte & 127) * scale
    } while (byte > 127)
    if (byte === 0 || value > Number.MAX_SAFE_INTEGER) throw new RangeError('encoded integer is malformed')
    return value
  }

  /** To be called after the last field: what is left over was not written by us. */
  expectEnd(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('encoded bytes go on after their end')
  }
}
