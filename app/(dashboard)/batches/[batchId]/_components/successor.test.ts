import { expect, test } from 'vitest'
import { toSuccessor } from './successor.ts'

test('leads to the batch that took the calls, with the filters of the list and without what was of the other', () => {
  expect(
    toSuccessor('new id', 'old/id', { agent: ['a', 'b'], range: '6h', t: '1..2', call: 'c', was: 'x' }),
  ).toBe('/batches/new%20id?agent=a&agent=b&range=6h&was=old%2Fid')
})
