/** 64 secret bits. */
export type HashKey = readonly [number, number]

/** Made once: a text is hashed without anything in between. */
const state = new Int32Array(4)
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * HalfSipHash-2-4 with 32 or 64 bits of output (Aumasson and Bernstein's reference, veorq/SipHash) of a text in UTF-16,
 * in hexadecimal. Tells nothing of the text without the key. Of a short text it takes a fraction of what it takes to
 * hand the text to node:crypto.
 */
export function hashText([k0, k1]: HashKey, text: string, bits: 32 | 64): string {
  const mark = bits === 32 ? 0xff : 0xee
  state[0] = k0
  state[1] = bits === 32 ? k1 : k1 ^ mark
  state[2] = 0x6c796765 ^ k0
  state[3] = 0x74656462 ^ k1
  const paired = text.length & ~1
  for (let i = 0; i < paired; i += 2) absorb(state, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16))
  const left = paired < text.length ? text.charCodeAt(paired) : 0
  // The number of bytes, of which there are two a unit, in the highest byte.
  absorb(state, left | (text.length << 25))
  state[2] = at(state, 2) ^ mark
  const half = finish(state)
  if (bits === 32) return half
  state[1] = at(state, 1) ^ 0xdd
  return half + finish(state)
}

function finish(v: Int32Array): string {
  mix(v)
  mix(v)
  const word = at(v, 1) ^ at(v, 3)
  return hexOf(word >>> 24) + hexOf(word >>> 16) + hexOf(word >>> 8) + hexOf(word)
}

/** Of the lowest byte. To spell the whole word at once takes longer than to hash a short text. */
function hexOf(word: number): string {
  return HEX[word & 0xff] as string
}

function absorb(v: Int32Array, word: number): void {
  v[3] = at(v, 3) ^ word
  mix(v)
  v[0] = at(v, 0) ^ word
}

/** Two rounds. */
function mix(v: Int32Array): void {
  let [a, b, c, d] = [at(v, 0), at(v, 1), at(v, 2), at(v, 3)]
  for (let round = 0; round < 2; round++) {
    a = (a + b) | 0
    b = rotate(b, 5) ^ a
    a = rotate(a, 16)
    c = (c + d) | 0
    d = rotate(d, 8) ^ c
    a = (a + d) | 0
    d = rotate(d, 7) ^ a
    c = (c + b) | 0
    b = rotate(b, 13) ^ c
    c = rotate(c, 16)
  }
  v[0] = a
  v[1] = b
  v[2] = c
  v[3] = d
}

function at(v: Int32Array, index: number): number {
  return v[index] as number
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
