import { isFields, tell } from '../json.ts'
import { readMessages } from './read-messages.ts'
import { type ToldCall, toldCall } from './told-call.ts'
import type { ToldResult } from './told-result.ts'

/** The call itself, where a runtime hands a tool the model's call and not only its arguments. */
export function callIn(input: unknown): ToldCall | null {
  const value = tell(input)
  return isFields(value) ? toldCall(value, false) : null
}

/** The message that a tool gave back as its result; not those of an agent that ran within it. */
export function answerIn(output: unknown): ToldResult | null {
  const { calls, results } = readMessages(tell(output))
  return calls.length === 0 && results.length === 1 ? (results[0] ?? null) : null
}
