import { expect, it } from 'vitest'
import { type HashKey, hashText } from './half-sip-hash.ts'

const KEY: HashKey = [0x03020100, 0x07060504]
/** A text whose units are made of the bytes 0, 1, 2 and so on. */
const textOf = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => i)).toString('utf16le')

// veorq/SipHash, vectors.h, vectors_hsip32 and vectors_hsip64, read as little-endian numbers: those of an even number
// of bytes.
it.each([
  [0, '5b9f35a9', '591f8d21c83cb8b9'],
  [2, '03a662fa', 'ef394f0657eb507c'],
  [4, '89466e2a', '178ae7d5a12ee55b'],
  [8, '8f84b8d0', '20e8feed8c85e4bc'],
])('gives the reference value for %i bytes', (bytes, short, long) => {
  expect(hashText(KEY, textOf(bytes), 32)).toBe(short)
  expect(hashText(KEY, textOf(bytes), 64)).toBe(long)
})

it('tells texts apart by each of their characters, by their length and by the key', () => {
  const texts = ['', 'a', 'b', 'aa', 'ab', 'aaa', 'aab', 'aaaa', 'ä', 'ﬀ', '日本', '\u{1f600}', 'a\0', '\0a']
  const prints = texts.flatMap((text) => [hashText(KEY, text, 32), hashText([1, 2], text, 32)])
  expect(new Set(prints).size).toBe(2 * texts.length)
})
