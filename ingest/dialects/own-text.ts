/**
 * The same text in memory of its own. V8 keeps the whole of a text for as long as a slice of it is held: what is kept
 * for long must not hold a request's body.
 */
export function ownText(slice: string): string {
  return Buffer.from(slice).toString()
}
