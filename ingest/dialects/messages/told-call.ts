import { nameOf } from '../attributes.ts'
import { type Fields, firstOf, isFields, member } from '../json.ts'

/** A tool call as a message tells it; its arguments as they came, undefined where left out. */
export interface ToldCall {
  readonly callId: string | null
  readonly tool: string
  readonly args: unknown
}

export const CALL_TYPES: ReadonlySet<string> = new Set([
  'tool_call',
  'tool-call',
  'tool_use',
  'toolUse',
  'function_call',
  'function',
  'custom_tool_call',
])

/** In this order: a response item has an id of its own beside the call's. */
const IDS = ['call_id', 'callId', 'toolCallId', 'tool_call_id', 'toolUseId', 'ref', 'id'] as const

/** Parts that hold the call under a name: Genkit, Gemini, Bedrock. */
const NESTED = ['toolRequest', 'functionCall', 'function_call', 'toolUse'] as const

/** Outside of lists of calls, an object without any of these and without a type of a call is none. */
export const CALL_MEMBERS = [...NESTED, 'function', 'toolCallId'] as const

export function callIdOf(fields: Fields): string | null {
  return nameOf(firstOf(fields, ...IDS))
}

/**
 * The call that the object is, or null. `inCalls` says that it stands in a list of calls, where an object with
 * a name is one even without a type.
 */
export function toldCall(fields: Fields, inCalls: boolean): ToldCall | null {
  const nested = firstOf(fields, ...NESTED)
  if (isFields(nested)) return callOf(nested, callIdOf(nested) ?? callIdOf(fields))
  const fn = member(fields, 'function')
  const type = member(fields, 'type')
  if (isFields(fn)) {
    // A definition of a tool has the same form, but neither arguments nor an id.
    const isCall = inCalls || callIdOf(fields) !== null || member(fn, 'arguments') !== undefined
    return isCall ? callOf(fn, callIdOf(fields)) : null
  }
  if (typeof type === 'string' && CALL_TYPES.has(type)) return callOf(fields, callIdOf(fields))
  if (typeof type === 'string' && !inCalls) return null
  const isPart =
    firstOf(fields, 'toolCallId') !== undefined && firstOf(fields, 'result', 'output') === undefined
  return inCalls || isPart ? callOf(fields, callIdOf(fields)) : null
}

function callOf(fields: Fields, callId: string | null): ToldCall | null {
  const tool = nameOf(firstOf(fields, 'name', 'toolName', 'tool_name'))
  if (tool === null) return null
  return { callId, tool, args: firstOf(fields, 'arguments', 'args', 'input', 'toolInput', 'parameters') }
}
