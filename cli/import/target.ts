import { setTimeout as sleep } from 'node:timers/promises'
import { DataFolderInUseError } from '#db/sqlite/lock.ts'
import { readConfiguration } from '#env'
import { startServer } from '#server/start.ts'
import { createServerClient, type ServerClient } from './server-client.ts'

const POLL_MS = 50
/** An import says itself when its files are over: until then batches wait for all of their spans. */
const QUIET_MS = 3_600_000

/** Where an import goes: a server that runs, or the store itself, by a server in this process. */
export interface Target {
  readonly client: ServerClient
  /** Resolves when every batch of the spans that were sent is in the log. */
  settle(onWaiting: (left: number) => void): Promise<void>
  close(): Promise<void>
}

/**
 * The server at this address; without one that which holds the data folder; without such a one the data folder.
 * @throws ConfigurationError, DataFolderInUseError
 */
export async function openTarget(url: string | undefined): Promise<Target> {
  if (url !== undefined) return remote(url)
  const configuration = readConfiguration()
  try {
    const server = await startServer(
      {
        ...configuration,
        host: '127.0.0.1',
        port: 0,
        spans: { ...configuration.spans, quietMs: QUIET_MS },
      },
      { pages: 'none' },
    )
    const client = createServerClient(server.url)
    return { client, settle: (onWaiting) => untilSettled(client, onWaiting), close: () => server.stop() }
  } catch (error) {
    if (!(error instanceof DataFolderInUseError) || error.holder?.url == null) throw error
    return remote(error.holder.url)
  }
}

function remote(url: string): Target {
  const client = createServerClient(url)
  return {
    client,
    // Others may send to it without end: it is asked to settle what is there, and not waited for.
    settle: () => client.settle(),
    close: async () => undefined,
  }
}

async function untilSettled(client: ServerClient, onWaiting: (left: number) => void): Promise<void> {
  await client.settle()
  for (;;) {
    const { unassembled_runs, provisional_batches } = await client.readReceipt()
    const left = unassembled_runs + provisional_batches
    onWaiting(left)
    if (left === 0) return
    await sleep(POLL_MS)
  }
}
