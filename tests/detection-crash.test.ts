import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openAlertTable } from '#db/alerts.ts'
import { openForReading } from '#db/sqlite/open.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { AlertRecord } from '#lib/detectors/alert-book.ts'
import { startServer } from '../e2e/server-process.ts'
import { generatePast } from './testing/detection-workload.ts'
import { HttpClient } from './testing/http-client.ts'
import { createRandom } from './testing/random.ts'
import { createTempLog, RECEIVED_AT_MS } from './testing/temp-log.ts'
import { waitUntil } from './testing/wait-until.ts'

const REQUEST_BATCHES = 50
const KILLS = 4
/** Six starts of a server, on a machine that may be busy with other tests. */
const LIMIT_MS = 240_000

function detectWithoutCrash(events: readonly IngestBatch[]): AlertRecord[] {
  using temp = createTempLog()
  temp.ingest(events)
  createJobs(temp.db, temp.log, () => 0).flush()
  return openAlertTable(temp.db).readAll()
}

function readAlerts(dataDir: string): AlertRecord[] {
  const db = openForReading(path.join(dataDir, 'parascope.db'))
  try {
    return openAlertTable(db).readAll()
  } finally {
    db.close()
  }
}

/** Sends from `from` on until `killAfterMs`, then kills the server; gives how many batches were acknowledged. */
async function sendAndKill(
  dataDir: string,
  events: readonly IngestBatch[],
  from: number,
  killAfterMs: number,
) {
  const server = await startServer({ pages: 'none', dataDir })
  const client = new HttpClient(server.url, 1)
  let acknowledged = from
  const sending = (async () => {
    while (acknowledged < events.length) {
      const batches = events.slice(acknowledged, acknowledged + REQUEST_BATCHES)
      const answer = await client.postBatches({ batches })
      expect(answer.status).toBe(200)
      acknowledged += batches.length
    }
  })().catch(() => 'the server is gone')
  await sleep(killAfterMs)
  await server.kill()
  await sending
  client.close()
  return acknowledged
}

it(
  'opens every alert once and as it would be without them, through kills at any moment',
  async () => {
    const events = generatePast('serialized_full', Math.min(RECEIVED_AT_MS, Date.now()))
    const wanted = detectWithoutCrash(events)
    expect(wanted.length).toBeGreaterThan(0)
    const random = createRandom(20_261_121)
    const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-detection-crash-'))
    try {
      let sent = 0
      for (let kill = 0; kill < KILLS; kill++)
        sent = await sendAndKill(dataDir, events, sent, random.int(50, 500))
      await using server = await startServer({ pages: 'none', dataDir })
      const client = new HttpClient(server.url, 1)
      for (; sent < events.length; sent += REQUEST_BATCHES)
        await client.postBatches({ batches: events.slice(sent, sent + REQUEST_BATCHES) })
      await waitUntil('everything is derived', async () => {
        const { json } = await client.ask('/api/v1/rebuild')
        const { flushed_seq, last_seq } = json as { flushed_seq: number; last_seq: number }
        return flushed_seq === last_seq && last_seq === events.length
      })
      client.close()
      await server.stop()
      expect(readAlerts(dataDir)).toEqual(wanted)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
  LIMIT_MS,
)
