import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyUnmarked, markName, markNames, unmarkText } from './safe-names.ts'

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'),
  fc.string(),
)

describe('names of senders', () => {
  it('are never found in a record that they were not put into', () => {
    fc.assert(
      fc.property(name, (text) => {
        const record: Record<string, { n: number }> = {}
        const key = markName(text)
        expect(record[key]).toBeUndefined()
        record[key] ??= { n: 0 }
        expect(Object.entries(record)).toEqual([[key, { n: 0 }]])
        expect(JSON.parse(JSON.stringify(record))[key]).toEqual({ n: 0 })
      }),
    )
  })

  it('come out as they went in, joined and nested too', () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        const marked = markNames(names)
        expect(unmarkText(marked.join('+'))).toBe(names.join('+'))
        expect(copyUnmarked({ key: { tools: marked } })).toEqual({ key: { tools: names } })
      }),
    )
  })

  it('are left as they are when they are safe', () => {
    const names = ['get_order', 'Größe/µ']
    expect(markNames(names)).toBe(names)
    expect(markName('get_order')).toBe('get_order')
  })
})
