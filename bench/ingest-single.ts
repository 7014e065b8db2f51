import { join } from 'node:path'
import { sendAll } from './lib/load.ts'
import { median, quantile, type Row } from './lib/report.ts'
import { startBareServer, startServerChild } from './lib/server-child.ts'
import { expectStored } from './lib/stored.ts'
import { withTempDir } from './lib/temp-dir.ts'
import { createRequests } from './lib/workload.ts'

const ROUNDS = 3
const REQUESTS = 20_000
const CONNECTIONS = 64

/** Ingest of one batch a request over 64 connections against the bare server of bench/lib/bare-server.ts. */
export async function benchIngestSingle(): Promise<Row[]> {
  const { bodies } = createRequests({
    seed: 2,
    requests: REQUESTS,
    perRequest: 1,
    startedAtMs: 1_790_000_000_000,
  })
  const served: number[] = []
  const bare: number[] = []
  const p99Ms: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await withTempDir(async (dir) => {
      const server = await startServerChild(join(dir, 'served'))
      const load = await sendAll(server.url, '/api/v1/batches', bodies, CONNECTIONS)
      await server.stop()
      expectStored(join(dir, 'served', 'parascope.db'), bodies)
      served.push(REQUESTS / load.seconds)
      p99Ms.push(quantile(load.latenciesMs, 0.99))
      const bound = await startBareServer(join(dir, 'bare', 'bare.db'))
      bare.push(REQUESTS / (await sendAll(bound.url, '/', bodies, CONNECTIONS)).seconds)
      await bound.stop()
    })
  }
  const ratio = median(served.map((rate, i) => rate / (bare[i] as number)))
  return [
    {
      what: 'ingest, 1 batch a request',
      measured: `${(median(served) / 1000).toFixed(1)} k requests/s (p99 ${median(p99Ms).toFixed(0)} ms), bare server ${(median(bare) / 1000).toFixed(1)} k`,
      ratio,
      budget: '≥ 0.70',
      met: ratio >= 0.7,
      varied: `${ROUNDS} rounds in turn, ${REQUESTS} requests, ${CONNECTIONS} connections, every field compared`,
    },
  ]
}
