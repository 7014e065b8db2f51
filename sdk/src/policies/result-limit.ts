/** A result that was cut, and its whole size. */
export interface CutResult {
  readonly text: string
  readonly bytes: number
}

const utf8 = new TextEncoder()

/**
 * The beginning of a result's text where the whole is longer than `maxBytes`, ending in a mark that tells the
 * model so; null when it fits. Whatever is no text is measured as JSON. Throws what the value throws when it is
 * read, or what JSON cannot say.
 */
export function cutResult(result: unknown, maxBytes: number): CutResult | null {
  const whole = typeof result === 'string' ? result : JSON.stringify(result)
  // JSON has nothing to say of undefined and functions. A UTF-16 unit is at most three bytes.
  if (whole === undefined || whole.length * 3 <= maxBytes) return null
  const bytes = utf8.encode(whole)
  if (bytes.length <= maxBytes) return null
  // A character cut in two is left out.
  const kept = new TextDecoder().decode(bytes.subarray(0, maxBytes)).replace(/\ufffd+$/, '')
  return {
    text: `${kept}\n[truncated: the first ${maxBytes} of ${bytes.length} bytes]`,
    bytes: bytes.length,
  }
}
