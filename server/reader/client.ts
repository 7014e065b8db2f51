import type { StoreReads } from '#db/store.ts'
import { ThreadClient } from '../threads/thread-client.ts'

export interface ReaderData {
  readonly file: string
}

/** The reads of the store, served by a thread of their own. */
export interface Reader {
  readonly reads: StoreReads
  stop(): Promise<void>
}

export async function startReader(data: ReaderData, onDeath: (error: Error) => void): Promise<Reader> {
  const thread = await ThreadClient.start({
    script: new URL('./thread.ts', import.meta.url),
    name: 'reader',
    workerData: data,
    onEvent: () => undefined,
    onDeath,
  })
  // Every method of StoreReads goes over as its name and its arguments; the thread serves the same interface.
  const reads = new Proxy({} as StoreReads, {
    get: (_, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...args: unknown[]) => thread.call(method, args)
        : undefined,
  })
  return { reads, stop: () => thread.stop() }
}
