import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './varint.ts'

const encode = (values: readonly number[]) => {
  const writer = new ByteWriter()
  for (const value of values) writer.writeVarint(value)
  return writer.toBytes()
}

describe('varints', () => {
  it('come back as they were written, up to the largest safe integer', () => {
    const edges = [0, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.maxSafeNat(), fc.constantFrom(...edges))), (values) => {
        const reader = new ByteReader(encode(values))
        expect(values.map(() => reader.readVarint())).toEqual(values)
        reader.expectEnd()
      }),
    )
  })

  it('take the fewest bytes that seven bits a byte allow', () => {
    expect([0, 127, 128, 16_383, 16_384, 2 ** 35].map((value) => encode([value]).length)).toEqual([
      1, 1, 2, 2, 3, 6,
    ])
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('are never written for %s', (value) => {
    expect(() => encode([value])).toThrow(RangeError)
  })

  it('are refused when cut off, padded or too large', () => {
    const read = (bytes: number[]) => () => new ByteReader(Uint8Array.from(bytes)).readVarint()
    expect(read([])).toThrow(RangeError)
    expect(read([0x80])).toThrow(RangeError)
    expect(read([0x81, 0x00])).toThrow(RangeError)
    expect(read([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])).toThrow(RangeError)
  })

  it('must not be followed by more than was written', () => {
    expect(() => new ByteReader(Uint8Array.of(1)).expectEnd()).toThrow(RangeError)
  })
})
