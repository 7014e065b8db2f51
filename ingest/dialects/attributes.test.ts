import { expect, it } from 'vitest'
import { nameOf } from './attributes.ts'

it('takes for a name what is short text or a number, without the white space around it', () => {
  expect([nameOf(' get_order\n'), nameOf(7), nameOf(7n)]).toEqual(['get_order', '7', '7'])
  expect([' ', '', null, undefined, true, {}, 'x'.repeat(257)].map(nameOf)).toEqual(new Array(7).fill(null))
})

it('gives no half of a surrogate pair on, which JSON within a text can spell', () => {
  expect(nameOf(JSON.parse('"call_\\ud800x"'))).toBe('call_\uFFFDx')
})
