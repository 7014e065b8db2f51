import { flagOf, nameOf } from '../attributes.ts'
import { type Fields, firstOf, isFields, member } from '../json.ts'
import { tellsFailure } from '../outcome.ts'
import { callIdOf } from './told-call.ts'

/** What a message tells of a call's result; undefined where left out. */
export interface ToldResult {
  readonly callId: string | null
  readonly tool: string | null
  readonly result: unknown
  /** All that was told of it. */
  readonly message: Fields
}

export const RESULT_TYPES: ReadonlySet<string> = new Set([
  'tool_call_response',
  'tool_result',
  'tool-result',
  'tool-error',
  'toolResult',
  'function_call_output',
  'function_call_result',
  'custom_tool_call_output',
])

const NESTED = ['toolResponse', 'functionResponse', 'function_response', 'toolResult'] as const

/** Roles of messages that hold results; LangChain's serialised messages have none and are known by the id. */
export const RESULT_ROLES: ReadonlySet<string> = new Set(['tool', 'function'])

/** An object without any of these, and without a type or a role of a result, is none. */
export const RESULT_MEMBERS = [...NESTED, 'toolCallId', 'tool_call_id'] as const

/** The result that the object is, or null; a message may hold several, so its inside comes first. */
export function toldResult(fields: Fields): { told: ToldResult; isMessage: boolean } | null {
  const nested = firstOf(fields, ...NESTED)
  if (isFields(nested)) return { told: resultOf(nested), isMessage: false }
  const type = nameOf(member(fields, 'type'))
  if (type !== null && RESULT_TYPES.has(type)) return { told: resultOf(fields), isMessage: false }
  const isPart =
    firstOf(fields, 'toolCallId') !== undefined && firstOf(fields, 'result', 'output') !== undefined
  if (isPart) return { told: resultOf(fields), isMessage: false }
  const role = nameOf(member(fields, 'role'))
  const isMessage = RESULT_ROLES.has(role ?? '') || firstOf(fields, 'tool_call_id') !== undefined
  return isMessage ? { told: resultOf(fields), isMessage } : null
}

function resultOf(fields: Fields): ToldResult {
  const result = firstOf(fields, 'response', 'result', 'output', 'content', 'contents', 'parts', 'error')
  const callId = nameOf(firstOf(fields, 'tool_use_id')) ?? callIdOf(fields)
  const tool = nameOf(firstOf(fields, 'name', 'toolName', 'tool_name'))
  return { callId, tool, result, message: fields }
}

/** Whether it is a failure, by its message and by the value of its result; null when they do not tell. */
export function isFailure({ message }: ToldResult, result: unknown): boolean | null {
  const flag = flagOf(firstOf(message, 'is_error', 'isError'))
  if (flag !== null) return flag
  if (member(message, 'type') === 'tool-error') return true
  const status = member(message, 'status')
  if (status === 'error') return true
  return tellsFailure(result) ?? (status === 'success' ? false : null)
}
