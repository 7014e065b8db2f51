import { flagOf, nameOf } from '../attributes.ts'
import { type Fields, firstOf, isFields, member } from '../json.ts'
import { tellsFailure } from '../outcome.ts'
import { callIdOf } from './told-call.ts'

/** What a message tells of a call's result; undefined where left out. */
export interface ToldResult {
  readonly callId: string | null
  readonly tool: string | null
  readonly result: unknown
  /** Null when the message does not tell. */
  readonly failed: boolean | null
}

const TYPES = new Set([
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
const ROLES = new Set(['tool', 'function'])

/** The result that the object is, or null; a message may hold several, so its inside comes first. */
export function toldResult(fields: Fields): { told: ToldResult; isMessage: boolean } | null {
  const nested = firstOf(fields, ...NESTED)
  if (isFields(nested)) return { told: resultOf(nested), isMessage: false }
  const type = nameOf(member(fields, 'type'))
  if (type !== null && TYPES.has(type)) return { told: resultOf(fields), isMessage: false }
  const isPart =
    firstOf(fields, 'toolCallId') !== undefined && firstOf(fields, 'result', 'output') !== undefined
  if (isPart) return { told: resultOf(fields), isMessage: false }
  const role = nameOf(member(fields, 'role'))
  const isMessage = ROLES.has(role ?? '') || firstOf(fields, 'tool_call_id') !== undefined
  return isMessage ? { told: resultOf(fields), isMessage } : null
}

function resultOf(fields: Fields): ToldResult {
  const result = firstOf(fields, 'response', 'result', 'output', 'content', 'contents', 'parts', 'error')
  const callId = nameOf(firstOf(fields, 'tool_use_id')) ?? callIdOf(fields)
  const tool = nameOf(firstOf(fields, 'name', 'toolName', 'tool_name'))
  return { callId, tool, result, failed: failedOf(fields, result) }
}

function failedOf(fields: Fields, result: unknown): boolean | null {
  const flag = flagOf(firstOf(fields, 'is_error', 'isError'))
  if (flag !== null) return flag
  if (member(fields, 'type') === 'tool-error') return true
  const status = member(fields, 'status')
  if (status === 'error') return true
  return tellsFailure(result) ?? (status === 'success' ? false : null)
}
