import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createMemo } from './memo.ts'

it('gives what the function gives, whatever was asked for before', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 })), (texts) => {
      const memo = createMemo((text) => `<${text}>`)
      expect(texts.map(memo)).toEqual(texts.map((text) => `<${text}>`))
    }),
  )
})

it('computes once what is asked for again and again, and forgets what is not', () => {
  const computed: string[] = []
  const memo = createMemo((text) => {
    computed.push(text)
    return text
  })
  for (let i = 0; i < 20_000; i++) {
    memo('often')
    memo(`once ${i}`)
  }
  expect(computed.length).toBe(20_001)
  memo('once 19999')
  memo('once 0')
  expect(computed.slice(20_001)).toEqual(['once 0'])
})

it('does not remember long texts', () => {
  let computed = 0
  const memo = createMemo((text) => String(text.length + ++computed))
  for (let i = 0; i < 3; i++) memo('x'.repeat(5_000))
  expect(computed).toBe(3)
})
