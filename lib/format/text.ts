/**
 * Cuts the middle out of a text longer than `maxChars`, because ids and names differ at both ends. Counts
 * code points, so no surrogate pair is torn.
 */
export function middleTruncate(text: string, maxChars: number): string {
  // A text of n UTF-16 units never has more than n code points: the common case allocates nothing.
  if (text.length <= maxChars) return text
  const chars = Array.from(text)
  if (chars.length <= maxChars) return text
  const kept = Math.max(2, maxChars - 1)
  const headLength = Math.ceil(kept / 2)
  const tail = chars.slice(chars.length - (kept - headLength))
  return `${chars.slice(0, headLength).join('')}\u2026${tail.join('')}`
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
