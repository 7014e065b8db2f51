import { keysOf, read, toText } from '../guard.ts'

/** Bounds on how much of arguments and results is looked at. */
const MAX_KEYS = 50
const MAX_NODES = 200
const MAX_DEPTH = 3

/** What models write where they have no value yet. */
const PLACEHOLDER =
  /^\s*$|^(null|none|nil|undefined|n\/a|tbd|todo|unknown|placeholder|\?+|\.\.\.|…)$|^(<[^<>]+>|\{\{[^{}]+\}\}|\$\{[^{}]+\}|\[[^[\]]+\]|\$[\w.]+)$/i

/** A call as the hints see it, once its batch has ended. */
export interface HintedCall {
  readonly callId: string
  readonly tool: string
  /** Names of arguments that were left empty. */
  readonly empty: readonly string[]
  /** Its result, where it ended well. */
  readonly data: unknown
  /** Siblings on which it is known to depend, waiting for them or not. */
  readonly known: ReadonlySet<string>
}

/** Names of arguments that hold nothing, or a placeholder. Looked at before the tool has them. */
export function findEmptyArgs(args: unknown): string[] {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return []
  return keysOf(args)
    .slice(0, MAX_KEYS)
    .filter((name) => {
      const value = read(args, name)
      return value === null || (typeof value === 'string' && value.length < 200 && PLACEHOLDER.test(value))
    })
}

const normalise = (name: string) => name.toLowerCase().replace(/[^a-z\d]/g, '')

/**
 * For each call that looks dependent though it was emitted beside what it needs: the first sibling whose result
 * holds a value under the name of an argument that was left empty. `order_id` also finds the `id` in the result
 * of a tool whose name speaks of orders.
 */
export function findLooksDependent(calls: readonly HintedCall[]): Map<HintedCall, HintedCall> {
  const found = new Map<HintedCall, HintedCall>()
  if (!calls.some(({ empty }) => empty.length > 0)) return found
  const names = calls.map(({ data }) => namesIn(data))
  for (const call of calls) {
    const wanted = call.empty.map(normalise).filter((name) => name !== '')
    const source = calls.findIndex((other, i) => {
      if (other === call || call.known.has(other.callId)) return false
      return wanted.some((name) => names[i]?.has(name) || (names[i]?.has('id') && isIdOf(name, other.tool)))
    })
    if (wanted.length > 0 && source >= 0) found.set(call, calls[source] as HintedCall)
  }
  return found
}

function isIdOf(name: string, tool: string): boolean {
  const stem = name.endsWith('id') ? name.slice(0, -2) : ''
  return stem.length > 2 && normalise(tool).includes(stem)
}

/** The names under which a result holds texts or numbers, within bounds. */
function namesIn(data: unknown): Set<string> {
  const names = new Set<string>()
  const pending: [unknown, number][] = [[data, 0]]
  for (const [node, depth] of pending) {
    if (typeof node !== 'object' || node === null || depth > MAX_DEPTH) continue
    for (const name of keysOf(node).slice(0, MAX_KEYS)) {
      const value = read(node, name)
      if (typeof value === 'number' || (typeof value === 'string' && toText(value) !== ''))
        names.add(normalise(name))
      else if (pending.length < MAX_NODES) pending.push([value, depth + 1])
    }
  }
  return names
}
