import { hash } from 'node:crypto'
import { type HashKey, hashText } from './half-sip-hash.ts'
import { isFields, tell } from './json.ts'

/** Bounds: past them leaves go unseen, and neither a size nor a key is given. */
const MAX_NODES = 5_000
const MAX_DEPTH = 64
const MAX_PRINTS = 200
const MAX_TEXT_CHARS = 4_096

/** What is kept of a value: nothing that it could be read from without the key. */
export interface Prints {
  /** Hash of the canonical value, to find the same arguments by; null when they are not told, or not whole. */
  readonly key: string | null
  /** Hashes of its leaves, those left out that many values share by chance. */
  readonly fp: readonly string[]
  /** Its size as JSON; null when it is not told, or not whole. */
  readonly bytes: number | null
  /** Its beginning, redacted; null unless contents are captured. */
  readonly excerpt: string | null
}

/** A short, redacted text of a value; null when there is none. */
export type Excerpt = (value: unknown) => string | null

/** Prints a value as an attribute tells it: text that holds JSON is printed as what it holds. */
export type Fingerprint = (value: unknown) => Prints

const NOTHING: Prints = { key: null, fp: [], bytes: null, excerpt: null }

/**
 * Prints under one secret. Prints of one secret can be compared with each other and with no others. `toExcerpt` is
 * for those who have chosen to keep contents.
 */
export function createFingerprint(secret: string, toExcerpt: Excerpt | null = null): Fingerprint {
  const key = toHashKey(secret)
  // 32 bits tell leaves apart within a run, 64 bits tell arguments apart within a store.
  const printLeaf = (leaf: string) => hashText(key, leaf, 32)
  const keyOf = (text: string) => hashText(key, text, 64)
  return (told) => {
    const value = tell(told)
    if (value === undefined) return NOTHING
    const { leaves, isPlain } = survey(value)
    const bytes = sizeOf(value, isPlain)
    return new ValuePrints(value, { fp: leaves.map(printLeaf), bytes, keyOf, toExcerpt })
  }
}

/** What is known of a value, and how to find out more. */
interface Means extends Pick<Prints, 'fp' | 'bytes'> {
  readonly keyOf: (text: string) => string
  readonly toExcerpt: Excerpt | null
}

class ValuePrints implements Prints {
  readonly fp: readonly string[]
  readonly bytes: number | null
  readonly #value: unknown
  readonly #means: Means

  constructor(value: unknown, means: Means) {
    this.#value = value
    this.fp = means.fp
    this.bytes = means.bytes
    this.#means = means
  }

  /** Made when it is asked for: of results nobody does. */
  get key(): string | null {
    const text = canonical(withoutWrappers(this.#value))
    return text === null ? null : this.#means.keyOf(text)
  }

  get excerpt(): string | null {
    return this.#means.toExcerpt?.(this.#value) ?? null
  }
}

function toHashKey(secret: string): HashKey {
  const bytes = hash('sha256', secret, 'buffer')
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)]
}

/**
 * One value told in several ways is one: `{"order_id":"A-1"}`, `["A-1"]`, `{"input":"{\"order_id\":\"A-1\"}"}` and
 * `A-1` differ by wrappers that frameworks put on and take off. No arguments at all are one value too.
 */
function withoutWrappers(value: unknown): unknown {
  let inner = value
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (typeof inner === 'string') inner = tell(inner)
    const members = membersOf(inner)
    if (members === null) return inner === undefined || inner === null ? '' : String(inner)
    if (members.length !== 1) return members.length === 0 ? '' : inner
    inner = members[0]
  }
  return inner
}

/** What a list or an object holds; null for a leaf. */
function membersOf(node: unknown): readonly unknown[] | null {
  if (Array.isArray(node)) return node
  return isFields(node) ? Object.values(node) : null
}

/** JSON with sorted names, in one spelling for one value; null past the bounds. */
function canonical(value: unknown): string | null {
  let nodes = 0
  const write = (node: unknown, depth: number): string => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new RangeError('past the bounds')
    if (Array.isArray(node)) return `[${node.map((item) => write(item, depth + 1)).join(',')}]`
    if (!isFields(node)) return typeof node === 'bigint' ? String(node) : (JSON.stringify(node) ?? 'null')
    let members = ''
    for (const name of Object.keys(node).sort()) {
      if (node[name] === undefined) continue
      if (members !== '') members += ','
      members += `${JSON.stringify(name)}:${write(node[name], depth + 1)}`
    }
    return `{${members}}`
  }
  try {
    return write(value, 0)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Its size as JSON; null past the bounds. */
function sizeOf(value: unknown, isPlain: boolean): number | null {
  const text = isPlain ? JSON.stringify(value) : canonical(value)
  return text === null ? null : Buffer.byteLength(text)
}

interface Survey {
  /** Those worth a print, once each, in the order in which they stand; JSON within texts is opened. */
  readonly leaves: readonly string[]
  /** It was seen whole, and nothing in it is foreign to JSON. */
  readonly isPlain: boolean
}

function survey(value: unknown): Survey {
  const found = new Set<string>()
  let nodesLeft = MAX_NODES
  let isPlain = true
  const visit = (told: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || found.size >= MAX_PRINTS || nodesLeft-- <= 0) {
      isPlain = false
      return
    }
    const node = typeof told === 'string' ? tell(told) : told
    const members = membersOf(node)
    if (members !== null) {
      for (const member of members) visit(member, depth + 1)
      return
    }
    if (typeof node === 'bigint') isPlain = false
    const text = leafText(node)
    if (text !== null) found.add(text.slice(0, MAX_TEXT_CHARS))
  }
  visit(value, 0)
  return { leaves: [...found], isPlain }
}

/** Leaves that many values share by chance say nothing about where they came from: as in the SDK. */
function leafText(leaf: unknown): string | null {
  if (typeof leaf === 'string') return leaf.trim().length > 3 ? leaf : null
  if (typeof leaf === 'number') return Number.isFinite(leaf) && Math.abs(leaf) >= 1_000 ? String(leaf) : null
  return typeof leaf === 'bigint' ? String(leaf) : null
}
