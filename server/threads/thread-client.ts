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

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** The event loop's side of a worker thread. */
export class ThreadClient {
  readonly #worker: Worker
  readonly #options: ThreadOptions
  readonly #ready = Promise.withResolvers<void>()
  readonly #exited = Promise.withResolvers<void>()
  readonly #waiting = new Map<number, Waiting>()
  #outbox: CallMessage[] = []
  #transfers: ArrayBuffer[] = []
  #nextId = 1
  #stopping = false
  #ended: Error | null = null

  /** Starts a thread and resolves once it says that it is ready; rejects with the error that kept it from it. */
  static async start(options: ThreadOptions): Promise<ThreadClient> {
    const client = new ThreadClient(options)
    await client.#ready.promise
    return client
  }

  private constructor(options: ThreadOptions) {
    this.#options = options
    this.#worker = new Worker(options.script, { name: options.name, workerData: options.workerData })
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message))
    this.#worker.once('error', (error) =>
      this.#end(error instanceof Error ? error : new Error(String(error))),
    )
    this.#worker.once('exit', (code) => {
      this.#end(new Error(`The ${options.name} thread ended with code ${code}.`))
      this.#exited.resolve()
    })
  }

  /** Resolves with the method's value or rejects with its error. */
  call(method: string, args: readonly unknown[], transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      if (this.#outbox.length === 0) setImmediate(() => this.#flush())
      this.#outbox.push({ id, method, args })
      this.#transfers.push(...transfer)
    })
  }

  /** Asks the thread to finish what it has and waits for its end. */
  async stop(): Promise<void> {
    if (this.#ended !== null) return
    if (this.#stopping) return this.#exited.promise
    this.#stopping = true
    await this.call('stop', [])
    await this.#exited.promise
  }

  #flush(): void {
    const calls = this.#outbox
    const transfers = this.#transfers
    this.#outbox = []
    this.#transfers = []
    if (this.#ended === null) this.#worker.postMessage(calls, transfers)
  }

  #receive({ answers, events }: ThreadMessage): void {
    for (const answer of answers) this.#settle(answer)
    for (const { event, data } of events) {
      if (event === 'ready') this.#ready.resolve()
      else this.#options.onEvent(event, data)
    }
  }

  #settle(answer: AnswerMessage): void {
    const caller = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.ok) caller?.resolve(answer.value)
    else caller?.reject(fromWireError(answer.error))
  }

  #end(error: Error): void {
    if (this.#ended !== null) return
    this.#ended = error
    this.#ready.reject(error)
    for (const caller of this.#waiting.values()) caller.reject(error)
    this.#waiting.clear()
    if (!this.#stopping) this.#options.onDeath(error)
  }
}
