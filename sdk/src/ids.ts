let lastMs = 0
let counter = 0

/**
 * A UUIDv7 (RFC 9562): ids minted by one process sort in the order of minting, also within a millisecond
 * and when the clock steps back, so that the server's unique index only grows at its end.
 */
export function mintId(wallMs: number): string {
  if (wallMs > lastMs) {
    lastMs = wallMs
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}${crypto.randomUUID().slice(18)}`
}
