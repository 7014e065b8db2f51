import type { Outcome } from '#lib/model/vocabulary.ts'
import type { OtlpSpan } from '../otlp/span.ts'
import { nameOf, readFlag, readName } from './attributes.ts'
import { firstOf, isFields, member, tell } from './json.ts'
import { ownText } from './own-text.ts'

/** How a span says that it failed; null when it does not. */
export interface Failure {
  readonly outcome: Extract<Outcome, 'error' | 'timeout' | 'cancelled'>
  readonly errorCode: string
}

const STATUS_OK = 1
const STATUS_ERROR = 2

/**
 * A status of error, an `error.type`, an exception that nobody declared handled by a status of OK, or one of the
 * flags that instrumentations set instead.
 */
export function readFailure(span: OtlpSpan): Failure | null {
  const { attributes, status } = span
  const type = readName(attributes, 'error.type', 'exception.type')
  const exception = span.events.findLast((event) => event.name === 'exception')
  const flagged =
    readFlag(attributes, 'error', 'mcp.tool.result.is_error', 'genkit:isFailureSource') === true ||
    readFlag(attributes, 'gen_ai.tool.success', 'mcp.tool.success') === false ||
    FAILED_STATUS.has(readName(attributes, 'gen_ai.tool.status', 'tool.status', 'genkit:state') ?? '')
  const thrown = exception !== undefined && status.code !== STATUS_OK
  if (status.code !== STATUS_ERROR && type === null && !flagged && !thrown) return null
  return failureOf(type ?? exceptionType(exception?.attributes ?? {}) ?? leadingType(status.message))
}

const FAILED_STATUS = new Set(['error', 'failed', 'failure'])

function exceptionType(attributes: OtlpSpan['attributes']): string | null {
  const message = attributes['exception.message']
  return readName(attributes, 'exception.type') ?? leadingType(typeof message === 'string' ? message : '')
}

/** `TimeoutError: …`: some put the type only before the message. The message itself is content and is not kept. */
function leadingType(message: string): string | null {
  const type = /^\s*([A-Za-z][\w.]{0,100}(?:Error|Exception))\b/.exec(message)?.[1]
  return type === undefined ? null : ownText(type)
}

const TIMEOUT = /time_?d?_?-?out|deadline_?-?exceeded/i
const CANCELLED = /abort|cancel/i

function failureOf(type: string | null): Failure {
  const errorCode = type !== null && !/\s/.test(type) ? type : 'error'
  if (TIMEOUT.test(errorCode)) return { outcome: 'timeout', errorCode }
  return { outcome: CANCELLED.test(errorCode) ? 'cancelled' : 'error', errorCode }
}

/** How runtimes word a failure that they hand to the model as a text. */
const FAILURE_TEXT =
  /^\s*(?:(?:\w+\.){0,8}\w{0,60}(?:error|exception)\s*:|error (?:executing|invoking|calling|running)\b|an error occurred while (?:running|executing|calling)\b|traceback \(most recent call last\))/i

const SUCCESS_STATUS = new Set(['success', 'ok', 'completed'])

/**
 * Whether an output tells that it is a failure: `isError` of MCP, `is_error` of Anthropic, the status of a
 * LangChain or Bedrock message, the error types of the AI SDK, an `error` beside nothing, or a text that begins
 * with one. Null when it does not tell.
 */
export function tellsFailure(value: unknown, depth = 0): boolean | null {
  if (typeof value === 'string') return FAILURE_TEXT.test(value.slice(0, 1_000)) ? true : null
  if (!isFields(value) || depth > 4) return null
  const flag = firstOf(value, 'isError', 'is_error')
  if (typeof flag === 'boolean') return flag
  const kind = nameOf(member(value, 'type'))
  if (kind?.startsWith('error-') || kind === 'execution-denied') return true
  if (member(value, 'status') === 'error') return true
  const error = member(value, 'error')
  if (error === true || (typeof error === 'string' && error !== '')) return true
  if (isFields(error) && Object.keys(error).length > 0) return true
  const inner = wrapped(value)
  const within = inner === undefined ? null : tellsFailure(tell(inner), depth + 1)
  if (within !== null) return within
  return SUCCESS_STATUS.has(nameOf(member(value, 'status')) ?? '') && 'tool_call_id' in value ? false : null
}

const WRAPPERS = new Set(['output', 'result', 'isError', 'is_error'])

/** What a framework's message carries: LangChain's `kwargs`, an `output` alone, a typed value of the AI SDK. */
function wrapped(value: Readonly<Record<string, unknown>>): unknown {
  if (member(value, 'lc') !== undefined) return member(value, 'kwargs')
  const names = Object.keys(value)
  if (names.every((name) => WRAPPERS.has(name))) return firstOf(value, 'output', 'result')
  if ('tool_call_id' in value) return member(value, 'content')
  return typeof value.type === 'string' && names.length === 2 ? firstOf(value, 'value', 'text') : undefined
}

/** The result without what frameworks wrap it in, so that the same result has the same prints everywhere. */
export function unwrapResult(told: unknown): unknown {
  let value = told
  for (let depth = 0; depth < 6 && isFields(value); depth++) {
    const content = member(value, 'content')
    const inner = wrapped(value) ?? (Array.isArray(content) ? textOf(content) : undefined)
    if (inner === undefined) return value
    value = tell(inner)
  }
  return Array.isArray(value) ? (textOf(value) ?? value) : value
}

/** The text of content blocks that hold nothing but text, as MCP and Anthropic give results. */
function textOf(blocks: readonly unknown[]): unknown {
  const texts = blocks.map((block) => (isFields(block) ? firstOf(block, 'text', 'json') : undefined))
  if (texts.length === 0 || texts.some((text) => text === undefined)) return undefined
  return texts.length === 1 ? tell(texts[0]) : texts
}
