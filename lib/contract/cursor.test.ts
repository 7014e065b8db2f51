import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor, type ListOrder } from './cursor.ts'
import { SORT_KEYS } from './query.ts'

const orders: fc.Arbitrary<ListOrder> = fc.record({
  sort: fc.constantFrom(...SORT_KEYS),
  order: fc.constantFrom('asc' as const, 'desc' as const),
})
const positions = fc.record({
  value: fc.option(
    fc.oneof(
      fc.maxSafeInteger(),
      fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0),
    ),
  ),
  seq: fc.maxSafeNat(),
})

describe('a cursor', () => {
  it('holds its position exactly, in characters that a URL takes as they are', () => {
    fc.assert(
      fc.property(orders, positions, (order, position) => {
        const cursor = encodeCursor(order, position)
        expect(cursor).toMatch(/^[\w-]{1,512}$/)
        expect(decodeCursor(cursor, order)).toEqual(position)
      }),
    )
  })

  it('is none of a list in another order', () => {
    const cursor = encodeCursor({ sort: 'size', order: 'asc' }, { value: 1, seq: 2 })
    expect(decodeCursor(cursor, { sort: 'size', order: 'desc' })).toBeNull()
    expect(decodeCursor(cursor, { sort: 'wall_ms', order: 'asc' })).toBeNull()
  })

  it('is never made of text that is none', () => {
    const order: ListOrder = { sort: 'size', order: 'asc' }
    const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '')
    const wrong = [
      '',
      '%',
      '{}',
      'AAAA',
      encode(null),
      encode([]),
      encode({}),
      encode(['size', 'asc', 'x', 1]),
    ]
    wrong.push(encode(['size', 'asc', 1]), encode(['size', 'asc', 1, 1.5]), encode(['size', 'asc', 1, null]))
    for (const text of wrong) expect(decodeCursor(text, order)).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => decodeCursor(text, order) === null))
  })
})
