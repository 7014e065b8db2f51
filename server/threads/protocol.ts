import { type FieldFault, RequestError } from '#ingest/errors.ts'

/*
 * Calls between the event loop and a worker thread. Both sides gather what they have to say in one tick
 * into one message, because a message costs more than most of what it carries.
 */

export interface CallMessage {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type AnswerMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError }

/** What a thread tells without being asked. */
export interface EventMessage {
  readonly event: string
  readonly data: unknown
}

export type ThreadMessage = {
  readonly answers: readonly AnswerMessage[]
  readonly events: readonly EventMessage[]
}

/** An error that can cross to another thread and keep its meaning. */
export interface WireError {
  readonly status: number | null
  readonly message: string
  readonly stack: string | null
  readonly faults: readonly FieldFault[]
  readonly retryAfterS: number | null
}

export function toWireError(error: unknown): WireError {
  if (error instanceof RequestError) {
    return {
      status: error.status,
      message: error.message,
      stack: null,
      faults: error.faults,
      retryAfterS: error.retryAfterS,
    }
  }
  const known = error instanceof Error ? error : new Error(String(error))
  return { status: null, message: known.message, stack: known.stack ?? null, faults: [], retryAfterS: null }
}

export function fromWireError(error: WireError): Error {
  if (error.status !== null) {
    return new RequestError(error.status, error.message, {
      faults: error.faults,
      ...(error.retryAfterS === null ? {} : { retryAfterS: error.retryAfterS }),
    })
  }
  const revived = new Error(error.message)
  if (error.stack !== null) revived.stack = error.stack
  return revived
}
