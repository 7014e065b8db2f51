/*
 * Senders choose names, and detectors keep records by name. `constructor` and `__proto__` are found in every
 * object although nobody put them there, and what is added to them is added to all objects. Within detection
 * such a name carries a mark, a code point that is no character and that no name has.
 */

const MARK = '\uFDD0'

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** The name, safe as a key of a record. */
export function markName(name: string): string {
  return INHERITED.has(name) ? name + MARK : name
}

export function markNames(names: readonly string[]): readonly string[] {
  return names.some((name) => INHERITED.has(name)) ? names.map(markName) : names
}

/** Any text that may hold marked names, as senders wrote them. */
export function unmarkText(text: string): string {
  return text.includes(MARK) ? text.replaceAll(MARK, '') : text
}

/** A copy of plain JSON with every name in it as senders wrote it. */
export function copyUnmarked<T>(value: T): T {
  return JSON.parse(unmarkText(JSON.stringify(value))) as T
}
