import { createAttributeMap } from '../otlp/draft.ts'
import type { OtlpAttributes, OtlpValue } from '../otlp/span.ts'

/** Longer names and ids are contents in the wrong place: the store would reject the batch for them. */
const MAX_NAME_CHARS = 256

/**
 * A name or id as a JSON value or an attribute tells it: not empty, not a whole text. JSON within a text can spell
 * halves of surrogate pairs, which are no text: they become U+FFFD, as in all other texts.
 */
export function nameOf(value: unknown): string | null {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
  if (typeof text !== 'string' || text.length > MAX_NAME_CHARS) return null
  return text.trim() === '' ? null : text.trim().toWellFormed()
}

/** The first of the attributes that holds a name or an id. */
export function readName(attributes: OtlpAttributes, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const name = nameOf(attributes[key])
    if (name !== null) return name
  }
  return null
}

/** A count, as number, big integer or digits; null for anything else. */
export function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  const number = typeof count === 'bigint' ? Number(count) : count
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** The first of the attributes that holds a count. */
export function readCount(attributes: OtlpAttributes, ...keys: readonly string[]): number | null {
  for (const key of keys) {
    const count = countOf(attributes[key])
    if (count !== null) return count
  }
  return null
}

export function flagOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : null
}

/** The first of the attributes that says yes or no. */
export function readFlag(attributes: OtlpAttributes, ...keys: readonly string[]): boolean | null {
  for (const key of keys) {
    const flag = flagOf(attributes[key])
    if (flag !== null) return flag
  }
  return null
}

/** The first of the attributes that is there at all, as it came. */
export function readRaw(attributes: OtlpAttributes, ...keys: readonly string[]): OtlpValue | undefined {
  for (const key of keys) {
    const value = attributes[key]
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

export function hasPrefix(attributes: OtlpAttributes, prefix: string): boolean {
  for (const key in attributes) if (key.startsWith(prefix)) return true
  return false
}

type Branch = Map<string, Branch | OtlpValue>

/** Past it, segments stay joined: nobody numbers messages that deep. */
const MAX_SEGMENTS = 12

/**
 * What lies below a prefix, put together again: `p.0.id`, `p.0.name`, `p.1.id` become a list of two. Items come
 * in the order of their numbers, gaps closed; null when there is nothing.
 */
export function unflatten(attributes: OtlpAttributes, prefix: string): unknown {
  const root: Branch = new Map()
  for (const key in attributes) {
    if (!key.startsWith(prefix)) continue
    let branch = root
    let from = prefix.length
    for (let depth = 1; depth < MAX_SEGMENTS; depth++) {
      const dot = key.indexOf('.', from)
      if (dot === -1) break
      branch = branchAt(branch, key.slice(from, dot))
      from = dot + 1
    }
    const last = key.slice(from)
    if (!branch.has(last)) branch.set(last, attributes[key] ?? null)
  }
  return root.size === 0 ? null : shape(root)
}

function branchAt(branch: Branch, segment: string): Branch {
  const known = branch.get(segment)
  if (known instanceof Map) return known
  const next: Branch = new Map()
  branch.set(segment, next)
  return next
}

function shape(branch: Branch): unknown {
  const names = [...branch.keys()]
  const valueAt = (name: string) => {
    const value = branch.get(name)
    return value instanceof Map ? shape(value) : value
  }
  if (names.every(isIndex)) return names.sort((a, b) => Number(a) - Number(b)).map(valueAt)
  const fields: Record<string, unknown> = createAttributeMap()
  for (const name of names) fields[name] = valueAt(name)
  return fields
}

function isIndex(segment: string): boolean {
  return /^\d+$/.test(segment)
}
