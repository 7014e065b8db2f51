/**
 * A text as so many bytes (at most 16) in hexadecimal, the same everywhere and never all zeros: four lanes of
 * multiply and rotate with the finaliser of MurmurHash3. For ids, not for secrets.
 */
export function hashToHex(text: string, bytes: number): string {
  let [a, b, c, d]: readonly number[] = SEEDS
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = b ^ Math.imul(a ^ unit, 0x239b961b)
    b = c ^ Math.imul(b ^ unit, 0xab0e9789 | 0)
    c = d ^ Math.imul(c ^ unit, 0x38b34ae5)
    d = a ^ Math.imul(d ^ unit, 0xa1e38b93 | 0)
  }
  a = finish(a ^ text.length)
  b = finish(b ^ a)
  c = finish(c ^ b)
  d = finish(d ^ c)
  const hex = [d, c, b, a].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')
  const cut = hex.slice(0, bytes * 2)
  return /[^0]/.test(cut) ? cut : `${cut.slice(0, -1)}1`
}

const SEEDS = [0x3c074a61, 0x2e1b2138, 0x74743c1b, 0x2ad1b2f5] as const satisfies readonly number[]

function finish(lane: number): number {
  let h = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b | 0)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0)
  return h ^ (h >>> 16)
}
