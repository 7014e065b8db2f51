import { type MessagePort, parentPort } from 'node:worker_threads'
import {
  type AnswerMessage,
  type CallMessage,
  type EventMessage,
  type ThreadMessage,
  toWireError,
} from './protocol.ts'

/** The worker's side: answers calls, in any order, and tells events. */
export interface ThreadHost {
  emit(event: string, data: unknown): void
  /** Sends what has been gathered now instead of at the end of the tick. */
  flush(): void
  close(): void
}

export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>

/** Serves the given methods to the thread's owner. A method may return a promise. */
export function hostThread(handlers: Handlers): ThreadHost {
  const port = requirePort()
  let answers: AnswerMessage[] = []
  let events: EventMessage[] = []
  let scheduled = false

  function flush(): void {
    scheduled = false
    if (answers.length === 0 && events.length === 0) return
    const message: ThreadMessage = { answers, events }
    answers = []
    events = []
    port.postMessage(message)
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  async function answer({ id, method, args }: CallMessage): Promise<void> {
    try {
      const handler = handlers[method]
      if (!handler) throw new Error(`no method ${method}`)
      // Awaited first: a flush meanwhile puts another array in the place of `answers`.
      const value = await handler(...(args as never[]))
      answers.push({ id, ok: true, value })
    } catch (error) {
      answers.push({ id, ok: false, error: toWireError(error) })
    }
    schedule()
  }

  port.on('message', (calls: CallMessage[]) => {
    for (const call of calls) void answer(call)
  })

  return {
    emit(event, data) {
      events.push({ event, data })
      schedule()
    },
    flush,
    close: () => port.close(),
  }
}

function requirePort(): MessagePort {
  if (parentPort === null) throw new Error('this module runs as a worker thread only')
  return parentPort
}
