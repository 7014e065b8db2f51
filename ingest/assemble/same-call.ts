import type { EmittedCall } from '../dialects/facts.ts'

/** JavaScript clocks cut starts to whole milliseconds: what lies closer is at the same time. */
export const CLOCK_US = 1000

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
  const tail = callId.slice(callId.lastIndexOf('_') + 1)
  if (tail.length < 8 || new Set(tail).size < 4) return false
  return /[0-9]/.test(tail) || (tail.length >= 16 && /[a-z]/.test(tail) && /[A-Z]/.test(tail))
}
