import { hash } from 'node:crypto'
import { isFields, tell } from './json.ts'

/** Bounds: past them leaves go unseen, and neither a size nor a key is given. */
const MAX_NODES = 5_000
const MAX_DEPTH = 64
const MAX_PRINTS = 200
const MAX_TEXT_CHARS = 4_096

/** 32 bits tell leaves apart within a run, 64 bits tell arguments apart within a store. */
const PRINT_HEX = 8
const KEY_HEX = 16

/** What is kept of a value: nothing that it could be read from without the key. */
export interface Prints {
  /** Hash of the canonical value, to find the same arguments by; null when they are not told, or not whole. */
  readonly key: string | null
  /** Hashes of its leaves, those left out that many values share by chance. */
  readonly fp: readonly string[]
  /** Its size as JSON; null when it is not told, or not whole. */
  readonly bytes: number | null
}

/** Prints a value as an attribute tells it: text that holds JSON is printed as what it holds. */
export type Fingerprint = (value: unknown) => Prints

const NOTHING: Prints = { key: null, fp: [], bytes: null }

/**
 * Prints under one secret. Prints of one secret can be compared with each other and with no others. The digest is
 * of secret and text together: it is cut short, so nobody can extend it.
 */
export function createFingerprint(secret: string): Fingerprint {
  const digest = (text: string) => hash('sha256', `${secret}\0${text}`, 'hex')
  return (told) => {
    const value = tell(told)
    if (value === undefined) return NOTHING
    const text = canonical(value)
    const bare = withoutWrappers(value)
    const inner = bare === value ? text : canonical(bare)
    return {
      key: inner === null ? null : digest(inner).slice(0, KEY_HEX),
      fp: leaves(value).map((leaf) => digest(leaf).slice(0, PRINT_HEX)),
      bytes: text === null ? null : Buffer.byteLength(text),
    }
  }
}

/**
 * One value told in several ways is one: `{"order_id":"A-1"}`, `["A-1"]`, `{"input":"{\"order_id\":\"A-1\"}"}` and
 * `A-1` differ by wrappers that frameworks put on and take off. No arguments at all are one value too.
 */
function withoutWrappers(value: unknown): unknown {
  let inner = value
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (typeof inner === 'string') inner = tell(inner)
    const members = Array.isArray(inner) ? inner : isFields(inner) ? Object.values(inner) : null
    if (members === null) return inner === undefined || inner === null ? '' : String(inner)
    if (members.length !== 1) return members.length === 0 ? '' : inner
    inner = members[0]
  }
  return inner
}

/** JSON with sorted names, in one spelling for one value; null past the bounds. */
function canonical(value: unknown): string | null {
  let nodes = 0
  const write = (node: unknown, depth: number): string => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw new RangeError('past the bounds')
    if (Array.isArray(node)) return `[${node.map((item) => write(item, depth + 1)).join(',')}]`
    if (!isFields(node)) return typeof node === 'bigint' ? String(node) : (JSON.stringify(node) ?? 'null')
    const names = Object.keys(node).filter((name) => node[name] !== undefined)
    const members = names.toSorted().map((name) => `${JSON.stringify(name)}:${write(node[name], depth + 1)}`)
    return `{${members.join(',')}}`
  }
  try {
    return write(value, 0)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** The leaves worth a print, once each, in the order in which they stand; JSON within texts is opened. */
function leaves(value: unknown): string[] {
  const found = new Set<string>()
  const pending: { node: unknown; depth: number }[] = [{ node: value, depth: 0 }]
  for (let nodes = 0; nodes < MAX_NODES && found.size < MAX_PRINTS; nodes++) {
    const next = pending.pop()
    if (next === undefined) break
    const node = typeof next.node === 'string' ? tell(next.node) : next.node
    const children = Array.isArray(node) ? node : isFields(node) ? Object.values(node) : null
    if (children === null) {
      const text = leafText(node)
      if (text !== null) found.add(text.slice(0, MAX_TEXT_CHARS))
    } else if (next.depth < MAX_DEPTH) {
      for (let i = Math.min(children.length, MAX_NODES) - 1; i >= 0; i--) {
        pending.push({ node: children[i], depth: next.depth + 1 })
      }
    }
  }
  return [...found]
}

/** Leaves that many values share by chance say nothing about where they came from: as in the SDK. */
function leafText(leaf: unknown): string | null {
  if (typeof leaf === 'string') return leaf.trim().length > 3 ? leaf : null
  if (typeof leaf === 'number') return Number.isFinite(leaf) && Math.abs(leaf) >= 1_000 ? String(leaf) : null
  return typeof leaf === 'bigint' ? String(leaf) : null
}
