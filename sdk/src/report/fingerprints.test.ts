import { describe, expect, it } from 'vitest'
import { hashKeyed, Printer, type PrintKey } from './fingerprints.ts'

const KEY: PrintKey = [0x03020100, 0x07060504]
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i)

describe('hashKeyed', () => {
  // veorq/SipHash, vectors.h, vectors_hsip32, read as little-endian numbers.
  it.each([
    [0, '5b9f35a9'],
    [1, 'b85a4727'],
    [2, '03a662fa'],
    [3, '04e7fe8a'],
    [4, '89466e2a'],
    [5, '69b6fac5'],
    [7, 'c563cf8b'],
    [8, '8f84b8d0'],
    [63, '744aea59'],
  ])('gives the reference value for %i bytes', (length, expected) => {
    expect(hashKeyed(KEY, bytes(length))).toBe(expected)
  })
})

describe('Printer', () => {
  const prints = (value: unknown, key = KEY) => new Printer(key).value(value).prints.toSorted()

  it('prints the same leaf alike wherever it stands, so that what was used again is seen', () => {
    const result = { order: { token: 'tok_83hf', list: ['unique text'] } }
    const shared = prints({ ref: 'tok_83hf' })
    expect(shared.length).toBe(1)
    expect(prints(result)).toContain(shared[0])
  })

  it('says nothing that can be compared under another key', () => {
    expect(prints('tok_83hf', [1, 2])).not.toEqual(prints('tok_83hf'))
  })

  it('leaves out what many values share by chance', () => {
    expect(
      prints([true, false, null, undefined, 0, 1, -7, 999, 0.5, '', '  ', 'ok', 'yes', Number.NaN]),
    ).toEqual([])
    expect(prints([1_000, 'okay', 5n]).length).toBe(3)
  })

  it.each([
    { a: 1, b: [true, null, 'x'] },
    ['ü', '日本'],
    [],
    {},
    'text',
    { nested: { deep: { er: [1.5, 'y'] } } },
  ])('gives the size as JSON: %j', (value) => {
    expect(new Printer(KEY).value(value).bytes).toBe(new TextEncoder().encode(JSON.stringify(value)).length)
  })

  it('gives no size of what it did not see whole', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `leaf ${i}`)
    const { prints: some, bytes: size } = new Printer(KEY).value(many)
    expect(some.length).toBeLessThanOrEqual(200)
    expect(size).toBe(null)
    const throwing = Object.defineProperty({ a: 'some leaf' }, 'b', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    })
    expect(new Printer(KEY).value(throwing).bytes).toBe(null)
    expect(new Printer(KEY).value(undefined)).toEqual({ prints: [], bytes: null })
  })

  it('ends on cycles, and on batches of any size', () => {
    const node: Record<string, unknown> = { name: 'some leaf' }
    node.self = node
    expect(new Printer(KEY).value(node).prints.length).toBe(1)
    const printer = new Printer(KEY)
    const wide = Array.from({ length: 1_500 }, (_, i) => i)
    const sizes = Array.from({ length: 100 }, () => printer.value(wide).bytes)
    expect(sizes[0]).toBeGreaterThan(0)
    expect(sizes.at(-1)).toBe(null)
  })
})
