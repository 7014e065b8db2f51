import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFingerprint } from './fingerprint.ts'

const print = createFingerprint('one')
const ARGS = { order_id: 'A-1042', deep: { limit: 2_500, flags: [true, 'express'] } }

describe('the key of arguments', () => {
  it.each([
    { deep: { flags: [true, 'express'], limit: 2_500 }, order_id: 'A-1042' },
    JSON.stringify(ARGS, null, 2),
    { input: ARGS },
    { input: JSON.stringify(ARGS) },
    [ARGS],
    JSON.stringify(JSON.stringify(ARGS)),
    "{'order_id': 'A-1042', 'deep': {'limit': 2500, 'flags': (True, 'express',)}}",
  ])('is one for one value, however it is told: %j', (value) => {
    expect(print(value).key).toBe(print(ARGS).key)
  })

  it('is one for a single argument and its bare value', () => {
    const bare = print('A-1042').key
    expect(print({ order_id: 'A-1042' }).key).toBe(bare)
    expect(print(['A-1042']).key).toBe(bare)
    expect(print({ n: 5 }).key).toBe(print('5').key)
  })

  it('is one for no arguments, and not that of arguments that are not told', () => {
    expect(new Set([{}, [], '', '{}', { input: '' }].map((value) => print(value).key)).size).toBe(1)
    expect(print(undefined).key).toBe(null)
    expect(print(null).key).toBe(null)
  })

  it('is one for two values of two arguments only if they are the same', () => {
    const canonical = (text: string) => JSON.stringify(sorted(JSON.parse(text)))
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 3 }), (a, b) => {
        const keyOf = (text: string) => print({ a: JSON.parse(text), b: 1 }).key
        expect(keyOf(a) === keyOf(b)).toBe(canonical(a) === canonical(b))
      }),
    )
  })

  it('and the prints say nothing under another secret', () => {
    const other = createFingerprint('two')
    expect(other(ARGS).key).not.toBe(print(ARGS).key)
    expect(other(ARGS).fp).not.toEqual(print(ARGS).fp)
    expect(print(ARGS).key).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('the prints of a value', () => {
  it('are alike for a leaf wherever it stands, in JSON within a text too', () => {
    const [token] = print({ ref: 'tok_83hf' }).fp
    expect(print({ content: [{ type: 'x', text: '{"order":{"token":"tok_83hf"}}' }] }).fp).toEqual([token])
  })

  it('leave out what many values share by chance', () => {
    expect(print([true, null, 0, 999, -7, 0.5, '', '  ', 'ok', 'yes']).fp).toEqual([])
    expect(print([1_000, 'okay', 5n]).fp.length).toBe(3)
  })

  it.each([{ a: 1, b: [true, null, 'x'] }, ['ü', '日本'], [], {}, 'text', 5, true])(
    'come with its size as JSON: %j',
    (value) => {
      expect(print(value).bytes).toBe(Buffer.byteLength(JSON.stringify(value)))
    },
  )

  it('come without size and key where there was too much to see it whole', () => {
    const { key, bytes, fp } = print(Array.from({ length: 9_000 }, (_, i) => `leaf ${i}`))
    expect([key, bytes, fp.length]).toEqual([null, null, 200])
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, inner]) => [name, sorted(inner)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .concat([['', null]])
}
