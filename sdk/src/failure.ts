import { read, toText } from './guard.ts'
import type { Effect, FailureEnvelope } from './types.ts'

const TRANSIENT_CODE =
  /^(ECONN(RESET|REFUSED|ABORTED)|ETIMEDOUT|EPIPE|EAI_AGAIN|E(HOST|NET)UNREACH|UND_ERR_\w+|TimeoutError)$/

/** The code of whatever was thrown: its `code` when that is text, else a telling name, else `error`. */
export function codeOf(error: unknown): string {
  const code = read(error, 'code')
  if (typeof code === 'string' && code !== '') return code
  const name = read(error, 'name')
  return typeof name === 'string' && name !== '' && name !== 'Error' ? name : 'error'
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  const message = read(error, 'message')
  return typeof message === 'string' ? message : toText(error)
}

/**
 * Whether the same call may well succeed next time. The error's own word (`retriable`, `retryable`) decides;
 * else network faults, timeouts and the statuses 408, 425, 429 and 5xx are transient, but not for a
 * declared write, which may have happened all the same.
 */
export function isRetriable(error: unknown, code: string, effect: Effect | null): boolean {
  const own = read(error, 'retriable') ?? read(error, 'retryable')
  if (typeof own === 'boolean') return own
  if (effect === 'write' || effect === 'read-modify-write') return false
  const status = read(error, 'status') ?? read(error, 'statusCode')
  return (
    TRANSIENT_CODE.test(code) || (typeof status === 'number' && /^(408|425|429|5\d\d)$/.test(`${status}`))
  )
}

/** An envelope of a call that did not end well. `cause` is kept out of JSON. */
export function toFailure(
  callId: string,
  status: FailureEnvelope['status'],
  errorCode: string,
  retriable: boolean,
  cause: unknown,
): FailureEnvelope {
  const envelope = { callId, status, errorCode, retriable, error: messageOf(cause) || errorCode }
  return Object.defineProperty(envelope, 'cause', { value: cause })
}
