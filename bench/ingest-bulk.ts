import { join } from 'node:path'
import { sendAll } from './lib/load.ts'
import { median, type Row } from './lib/report.ts'
import { startServerChild } from './lib/server-child.ts'
import { expectStored, insertBare, readRows } from './lib/stored.ts'
import { withTempDir } from './lib/temp-dir.ts'
import { createRequests } from './lib/workload.ts'

const ROUNDS = 3
const REQUESTS = 300
const BATCHES_PER_REQUEST = 100
const CONNECTIONS = 8

/**
 * Ingest of 100 batches a request against a bare better-sqlite3 loop over the same packed rows, already
 * parsed, with the same schema and pragmas and a commit every 100 rows. The sender shares the two cores.
 */
export async function benchIngestBulk(): Promise<Row[]> {
  const { bodies, calls } = createRequests({
    seed: 1,
    requests: REQUESTS,
    perRequest: BATCHES_PER_REQUEST,
    startedAtMs: 1_790_000_000_000,
  })
  const served: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await withTempDir(async (dir) => {
      const server = await startServerChild(join(dir, 'served'))
      const { seconds } = await sendAll(server.url, '/api/v1/batches', bodies, CONNECTIONS)
      await server.stop()
      const file = join(dir, 'served', 'parascope.db')
      expectStored(file, bodies)
      served.push(calls / seconds)
      bare.push(
        calls /
          insertBare(
            join(dir, 'bare', 'parascope.db'),
            'batches',
            readRows(file, 'batches'),
            BATCHES_PER_REQUEST,
          ),
      )
    })
  }
  const ratio = median(served.map((rate, i) => rate / (bare[i] as number)))
  return [
    {
      what: `ingest, ${BATCHES_PER_REQUEST} batches a request`,
      measured: `${Math.round(median(served) / 1000)} k calls/s, bare loop ${Math.round(median(bare) / 1000)} k`,
      ratio,
      budget: '≥ 0.40',
      met: ratio >= 0.4,
      varied: `${ROUNDS} rounds in turn, ${REQUESTS} requests, ${CONNECTIONS} connections, ${calls} calls, every field compared`,
    },
  ]
}
