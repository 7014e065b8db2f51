import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKey, encodeKey, type Key, prefixRanges } from './keys.ts'

const UUID = '01a1f93f-95dd-7000-9abc-413a7f01be21'

/** SQLite sorts every text before every blob, and each kind by its bytes. */
function compare(a: Key, b: Key): number {
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1
  return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
}

function isWithin(key: Key, prefix: string): boolean {
  return prefixRanges(prefix).some(
    ({ from, to }) => compare(key, from) >= 0 && (to === null || compare(key, to) < 0),
  )
}

describe('a stored key', () => {
  it('gives back the id that it was made from, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uuid(),
          fc.uuid().map((id) => id.toUpperCase()),
        ),
        (id) => {
          expect(decodeKey(encodeKey(id))).toBe(id)
        },
      ),
    )
  })

  it('is packed for a canonical UUID only', () => {
    expect(encodeKey(UUID)).toHaveLength(16)
    expect(encodeKey(UUID.toUpperCase())).toBe(UUID.toUpperCase())
    expect(encodeKey(UUID.replaceAll('-', ''))).toBe(UUID.replaceAll('-', ''))
  })
})

describe('the ranges of a prefix', () => {
  it('hold every id that begins with it, and no other', () => {
    const id = fc.oneof(fc.string({ maxLength: 8, unit: 'grapheme-ascii' }), fc.uuid())
    fc.assert(
      fc.property(id, id, fc.nat(36), (stored, asked, length) => {
        for (const prefix of [asked.slice(0, length), stored.slice(0, length)]) {
          expect(isWithin(encodeKey(stored), prefix)).toBe(stored.startsWith(prefix))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['01a1f93f--', '01a1f93f-95dd7', '01a1f93f95', `${UUID}0`, '01a1f93g'])(
    'hold no UUID where the prefix begins none: %s',
    (prefix) => {
      expect(isWithin(encodeKey(UUID), prefix)).toBe(false)
    },
  )
})
