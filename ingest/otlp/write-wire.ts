/*
 * What it takes to write protobuf. https://protobuf.dev/programming-guides/encoding/
 */

/** A varint field. Negative integers are int64s, in ten bytes. */
export function varintField(fieldNumber: number, value: number | bigint): Uint8Array {
  return Buffer.concat([varint(fieldNumber * 8), varint(value)])
}

/** A field of bytes, a message or text, which is written in UTF-8. */
export function lengthField(fieldNumber: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint(fieldNumber * 8 + 2), varint(bytes.byteLength), bytes])
}

/** A message of the fields that are given. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields)
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
