import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getRuntime, type ParascopeRuntime } from '#db/runtime.ts'
import type { Configuration } from '#env'
import { DEFAULT_FALSE_ALARMS } from '#lib/detectors/sensitivity.ts'
import { startServer } from '#server/start.ts'
import { HttpClient } from './http-client.ts'

/** A server in the process of the test, with its threads, so that what its pages would see can be seen. */
export interface LocalServer {
  readonly url: string
  readonly client: HttpClient
  readonly runtime: ParascopeRuntime
  stop(): Promise<void>
}

export async function startLocalServer(change: Partial<Configuration> = {}): Promise<LocalServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-local-'))
  const configuration: Configuration = {
    port: 0,
    host: '127.0.0.1',
    dataDir,
    publicUrl: null,
    allowedHosts: [],
    triggerSecret: null,
    maxBodyBytes: 1 << 20,
    falseAlarms: DEFAULT_FALSE_ALARMS,
    spans: { quietMs: 300, maxBufferBytes: 64 << 20, capturesContent: false },
    webhooks: { allowedHosts: new Set(['127.0.0.1', 'localhost']), followRedirects: false },
    ...change,
  }
  const server = await startServer(configuration, { pages: 'none' })
  const client = new HttpClient(server.url)
  return {
    url: server.url,
    client,
    runtime: getRuntime(),
    async stop() {
      client.close()
      await server.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}
