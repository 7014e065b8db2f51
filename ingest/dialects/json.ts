import { parsePythonLiteral } from './python-literal.ts'

/** JSON of unknown origin, as an object whose members may be anything. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

/** A member; not to be asked for by a name that every object inherits. */
export function member(fields: Fields, key: string): unknown {
  return fields[key]
}

/** The first member that is there and not null. */
export function firstOf(fields: Fields, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = fields[key]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

/** What instrumentations write where content was switched off. */
const WITHHELD = /^\W*(redacted|filtered|omitted)\W*$/i

/**
 * A value as an attribute tells it. Texts that hold JSON are parsed; what was withheld, and JSON that was cut
 * short by an attribute limit, is undefined: half a value must not be taken for one.
 */
export function tell(value: unknown): unknown {
  if (value === null || ArrayBuffer.isView(value)) return undefined
  if (typeof value !== 'string') return value
  const text = value.trim()
  const begin = text[0]
  if (begin !== '{' && begin !== '[' && begin !== '"') return WITHHELD.test(text) ? undefined : value
  const parsed = parseJson(text)
  if (parsed !== undefined || begin === '"') return parsed ?? value
  return WITHHELD.test(text) ? undefined : parsePythonLiteral(text)
}

/** The value, or undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
