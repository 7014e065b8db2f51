import { Worker } from 'node:worker_threads'
import { type AnswerMessage, type CallMessage, fromWireError, type ThreadMessage } from './protocol.ts'

export interface ThreadOptions {
  readonly script: URL
  readonly name: string
  readonly workerData: unknown
  /** Called for what the thread tells without being asked. */
  readonly onEvent: (event: string, data: unknown) => void
  /** Called when the thread ends although nobody stopped it; every call under way has been rejected. */
  readonly onDeath: (error: Error) => void
}

/** The event loop's side of a worker thread. */
export interface ThreadClient {
  /** Resolves with the method's value or rejects with its error. */
  call(method: string, args: readonly unknown[], transfer?: readonly ArrayBuffer[]): Promise<unknown>
  /** Asks the thread to finish what it has and waits for its end. */
  stop(): Promise<void>
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Starts a thread and resolves once it says that it is ready; rejects with the error that kept it from it. */
export async function startThread(options: ThreadOptions): Promise<ThreadClient> {
  const worker = new Worker(options.script, { name: options.name, workerData: options.workerData })
  const waiting = new Map<number, Waiting>()
  let outbox: CallMessage[] = []
  let transfers: ArrayBuffer[] = []
  let nextId = 1
  let stopping = false
  let ended: Error | null = null

  function flush(): void {
    const calls = outbox
    const transfer = transfers
    outbox = []
    transfers = []
    if (ended === null) worker.postMessage(calls, transfer)
  }

  function call(
    method: string,
    args: readonly unknown[],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (ended !== null) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
      const id = nextId++
      waiting.set(id, { resolve, reject })
      if (outbox.length === 0) setImmediate(flush)
      outbox.push({ id, method, args })
      transfers.push(...transfer)
    })
  }

  function settle(answer: AnswerMessage): void {
    const caller = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.ok) caller?.resolve(answer.value)
    else caller?.reject(fromWireError(answer.error))
  }

  function end(error: Error): void {
    if (ended !== null) return
    ended = error
    for (const caller of waiting.values()) caller.reject(error)
    waiting.clear()
    if (!stopping) options.onDeath(error)
  }

  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: ThreadMessage) => {
      for (const answer of message.answers) settle(answer)
      for (const { event, data } of message.events) {
        if (event === 'ready') resolve()
        else options.onEvent(event, data)
      }
    })
    worker.once('error', (error) => {
      const known = error instanceof Error ? error : new Error(String(error))
      reject(known)
      end(known)
    })
    worker.once('exit', (code) => {
      const error = new Error(`The ${options.name} thread ended with code ${code}.`)
      reject(error)
      end(error)
    })
  })

  return {
    call,
    async stop() {
      if (ended !== null) return
      stopping = true
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      await call('stop', [])
      await exited
    },
  }
}
