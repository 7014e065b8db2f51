import type { Entry } from '../batch.ts'
import { messageOf } from '../failure.ts'
import { isObject, read, toInt } from '../guard.ts'
import { toExcerpt } from '../redact.ts'

/** The contract's bound on one excerpt, and what is taken of it unless told otherwise. */
const MAX_CHARS = 2_048
const DEFAULT_CHARS = 1_000

/** What the record says of one call's values, where the host opted in. */
export interface Captured {
  readonly args?: string | undefined
  readonly result?: string | undefined
  readonly error?: string | undefined
}

type Capture = (entry: Entry) => Captured | undefined

/**
 * What takes excerpts of a call's arguments, result or error, as far as the host opted in; null when it did
 * not. The host's own `redact` has the last word: an excerpt for which it gives no text, or throws, is left
 * out.
 */
export function createCapture(options: unknown, threw: (error: unknown) => void): Capture | null {
  if (!isObject(options)) return null
  const wants = (what: string) => read(options, what) === true
  const [args, results, errors] = [wants('args'), wants('results'), wants('errors')]
  if (!args && !results && !errors) return null
  const maxChars = Math.min(toInt(read(options, 'maxChars'), 1) ?? DEFAULT_CHARS, MAX_CHARS)
  const redact = read(options, 'redact')
  const last = (text: string | null, tool: string, what: string): string | undefined => {
    if (text === null || typeof redact !== 'function') return text ?? undefined
    try {
      const told: unknown = redact(text, { tool, what })
      return typeof told === 'string' ? told.slice(0, maxChars).toWellFormed() : undefined
    } catch (error) {
      threw(error)
      return undefined
    }
  }
  return ({ tool, args: given, result, outcome }) => {
    const isOk = outcome === 'ok'
    const captured: Captured = {
      args: args && given !== undefined ? last(toExcerpt(given, maxChars), tool, 'args') : undefined,
      result:
        results && isOk && result !== undefined
          ? last(toExcerpt(result, maxChars), tool, 'result')
          : undefined,
      error:
        errors && !isOk && result !== undefined
          ? last(toExcerpt(messageOf(result), maxChars), tool, 'error')
          : undefined,
    }
    return Object.values(captured).some((text) => text !== undefined) ? captured : undefined
  }
}
