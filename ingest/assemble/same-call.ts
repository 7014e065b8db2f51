import { LIMITS } from '#lib/contract/ingest.ts'
import type { EmittedCall } from '../dialects/facts.ts'

/** JavaScript clocks cut starts to whole milliseconds: what lies closer is at the same time. */
export const CLOCK_US = 1000
/** What the contract takes for a length of time. Beyond it lie clocks that were never set. */
export const MAX_LENGTH_US = LIMITS.spanMs * 1000

/**
 * Whether two names mean one tool: the same letters and digits (`getOrder`, `get_order`), or one is the other behind
 * a prefix such as a server's name.
 */
export function isSameTool(a: string, b: string): boolean {
  if (a === b) return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short === '') return false
  if (long.endsWith(short) && !/[\p{L}\p{N}]/u.test(long.charAt(long.length - short.length - 1))) return true
  const letters = lettersOf(short)
  return letters !== '' && letters === lettersOf(long)
}

function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** Whether two keys can be of the same arguments: equal, or one is not told. */
export function mayBeSame(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b
}

/** Whether two model spans tell the same emission by the tools in it. */
export function emitsSameTools(a: readonly EmittedCall[], b: readonly EmittedCall[]): boolean {
  return a.length === b.length && a.every((call, i) => isSameTool(call.tool, (b[i] as EmittedCall).tool))
}

/**
 * Whether a call id is unlikely to be minted twice, so that it can join what no parent joins. Providers mint
 * random ones; some frameworks count (`call_1`), or repeat the name of the tool.
 */
export function isUniqueId(callId: string): boolean {
  const from = callId.lastIndexOf('_') + 1
  const length = callId.length - from
  if (callId.length < 10 || length < 8) return false
  let digits = 0
  let capitals = 0
  // A bit for each of 32 classes of characters: enough to tell a random tail from `00000001`.
  let seen = 0
  for (let i = from; i < callId.length; i++) {
    const code = callId.charCodeAt(i)
    if (isDigit(code)) digits++
    else if (code >= 65 && code <= 90) capitals++
    seen |= 1 << (code & 31)
  }
  if (countBits(seen) < 4) return false
  return digits > countedDigits(callId) || (length >= 16 && capitals > 0 && capitals < length)
}

/** How many digits at the end stand behind a separator: `functions.search:12`. */
function countedDigits(callId: string): number {
  let at = callId.length
  while (at > 0 && isDigit(callId.charCodeAt(at - 1))) at--
  return at > 0 && /[\p{L}]/u.test(callId.charAt(at - 1)) ? 0 : callId.length - at
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function countBits(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count++
  return count
}
