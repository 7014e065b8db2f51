/** Bounds: past them leaves go unseen, and no size is given. */
const MAX_NODES_A_VALUE = 2_000
const MAX_NODES_A_BATCH = 50_000
const MAX_PRINTS = 200
const MAX_TEXT_CHARS = 4_096

/** 64 secret bits. Prints of one key can be compared with each other, and tell nothing without it. */
export type PrintKey = readonly [number, number]

export function randomKey(): PrintKey {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2))
  return [a, b]
}

const utf8 = new TextEncoder()
const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by))

/** HalfSipHash-2-4 with 32 bits of output (Aumasson and Bernstein's reference, veorq/SipHash), as hex. */
export function hashKeyed([k0, k1]: PrintKey, bytes: Uint8Array): string {
  const v = { a: k0, b: k1, c: 0x6c796765 ^ k0, d: 0x74656462 ^ k1 }
  const round = () => {
    v.a = (v.a + v.b) | 0
    v.b = rotate(v.b, 5) ^ v.a
    v.a = rotate(v.a, 16)
    v.c = (v.c + v.d) | 0
    v.d = rotate(v.d, 8) ^ v.c
    v.a = (v.a + v.d) | 0
    v.d = rotate(v.d, 7) ^ v.a
    v.c = (v.c + v.b) | 0
    v.b = rotate(v.b, 13) ^ v.c
    v.c = rotate(v.c, 16)
  }
  const absorb = (word: number) => {
    v.d ^= word
    round()
    round()
    v.a ^= word
  }
  const byte = (at: number) => bytes[at] ?? 0
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    absorb(byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24))
  }
  absorb(byte(whole) | (byte(whole + 1) << 8) | (byte(whole + 2) << 16) | (bytes.length << 24))
  v.c ^= 0xff
  for (let i = 0; i < 4; i++) round()
  return ((v.b ^ v.d) >>> 0).toString(16).padStart(8, '0')
}

/** Leaves that many values share by chance say nothing about where they came from. */
function leafText(leaf: unknown): string | null {
  if (typeof leaf === 'string') return leaf.trim().length > 3 ? leaf : null
  if (typeof leaf === 'number') return Number.isFinite(leaf) && Math.abs(leaf) >= 1_000 ? String(leaf) : null
  return typeof leaf === 'bigint' ? String(leaf) : null
}

/** What the record says of one call's arguments and result. */
export interface CallPrints {
  readonly args_bytes: number | null
  readonly result_bytes: number | null
  readonly args_fp: readonly string[]
  readonly result_fp: readonly string[]
}

/** Prints the values of one batch, within bounds on how much it looks at. */
export class Printer {
  readonly #key: PrintKey
  #nodesLeft = MAX_NODES_A_BATCH

  constructor(key: PrintKey) {
    this.#key = key
  }

  call(args: unknown, result: unknown): CallPrints {
    const ofArgs = this.value(args)
    const ofResult = this.value(result)
    return {
      args_bytes: ofArgs.bytes,
      result_bytes: ofResult.bytes,
      args_fp: ofArgs.prints,
      result_fp: ofResult.prints,
    }
  }

  /** Prints of the leaves of any value, and its size as JSON in bytes where all of it was seen. */
  value(value: unknown): { prints: string[]; bytes: number | null } {
    const prints = new Set<string>()
    let bytes = 0
    let left = Math.min(MAX_NODES_A_VALUE, this.#nodesLeft)
    const seen = new Set<unknown>()
    const pending: unknown[] = value === undefined ? [] : [value]
    try {
      while (pending.length > 0 && pending.length <= left) {
        const node = pending.pop()
        left--
        this.#nodesLeft--
        if (typeof node !== 'object' || node === null) {
          bytes += this.#leaf(node, prints)
        } else if (ArrayBuffer.isView(node)) {
          bytes += node.byteLength
        } else if (!seen.has(node)) {
          seen.add(node)
          bytes += expand(node, pending)
        }
      }
    } catch {
      // A getter of the host's value threw: what was seen until then stands, its size does not.
      pending.push(value)
    }
    return { prints: [...prints], bytes: pending.length === 0 && value !== undefined ? bytes : null }
  }

  #leaf(leaf: unknown, prints: Set<string>): number {
    const text = leafText(leaf)
    if (text !== null && prints.size < MAX_PRINTS) {
      prints.add(hashKeyed(this.#key, utf8.encode(text.slice(0, MAX_TEXT_CHARS))))
    }
    return typeof leaf === 'string' ? utf8.encode(leaf).length + 2 : String(leaf).length
  }
}

/** Hands the children on; gives back how many bytes JSON puts around them. */
function expand(node: object, pending: unknown[]): number {
  const keys = Object.keys(node)
  let bytes = 2 + Math.max(0, keys.length - 1)
  for (const name of keys) {
    if (!Array.isArray(node)) bytes += utf8.encode(name).length + 3
    pending.push((node as Record<string, unknown>)[name])
    if (pending.length > MAX_NODES_A_VALUE) break
  }
  return bytes
}
