/**
 * Cuts the middle out of a text longer than `maxChars`, because ids and names differ at both ends. Counts
 * code points, so no surrogate pair is torn.
 */
export function middleTruncate(text: string, maxChars: number): string {
  const { head, tail } = splitMiddle(text, maxChars)
  return tail === null ? head : `${head}\u2026${tail}`
}

/** The two ends that remain of a text cut to `maxChars`; a null tail says that nothing was cut. */
export function splitMiddle(text: string, maxChars: number): { head: string; tail: string | null } {
  // A text of n UTF-16 units never has more than n code points: the common case allocates nothing.
  if (text.length <= maxChars) return { head: text, tail: null }
  const chars = Array.from(text)
  if (chars.length <= maxChars) return { head: text, tail: null }
  const kept = Math.max(2, maxChars - 1)
  const headLength = Math.ceil(kept / 2)
  return {
    head: chars.slice(0, headLength).join(''),
    tail: chars.slice(chars.length - (kept - headLength)).join(''),
  }
}

/** `get_order+get_payment+ … +z  7 tools`: a signature that says how much of it is hidden. */
export function formatSignature(signature: string, maxChars: number): { text: string; tools: number } {
  const tools = signature === '' ? [] : signature.split('+')
  const last = tools.at(-1)
  if (signature.length <= maxChars || tools.length < 3 || last === undefined) {
    return { text: middleTruncate(signature, maxChars), tools: tools.length }
  }
  const suffix = `+ \u2026 +${last}`
  let head = tools[0] ?? ''
  for (const tool of tools.slice(1, -1)) {
    if (head.length + 1 + tool.length + suffix.length > maxChars) break
    head += `+${tool}`
  }
  return { text: middleTruncate(head + suffix, maxChars), tools: tools.length }
}
