/** Longer texts are not remembered: they repeat less, and may be slices that keep far longer ones in memory. */
const MAX_TEXT_CHARS = 1_024
/** What either generation of a memo may hold. */
const MAX_ENTRIES = 4_096
const MAX_CHARS = 1 << 18

/**
 * The same function of a text, which remembers what it gave for those of late. Bounded: two generations, of which the
 * older is dropped when the younger is full; what is asked for again moves into the younger.
 */
export function createMemo<T extends string>(compute: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>()
  let old = new Map<string, T>()
  let chars = 0
  const remember = (text: string, value: T): T => {
    if (young.size >= MAX_ENTRIES || chars + text.length > MAX_CHARS) {
      old = young
      young = new Map()
      chars = 0
    }
    young.set(text, value)
    chars += text.length
    return value
  }
  return (text) => {
    if (text.length > MAX_TEXT_CHARS) return compute(text)
    return young.get(text) ?? remember(text, old.get(text) ?? compute(text))
  }
}
