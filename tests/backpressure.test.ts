import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openForWriting } from '#db/sqlite/open.ts'
import { type RunningServer, startServer } from '../e2e/server-process.ts'
import { HttpClient } from './testing/http-client.ts'
import { inspectStore } from './testing/inspect-store.ts'
import { createRandom } from './testing/random.ts'
import { randomBatch } from './testing/random-batches.ts'

const BODY_BYTES = 15 << 20
const BODIES = 8
let dataDir: string
let server: RunningServer
let client: HttpClient
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-pressure-'))
  server = await startServer({ pages: 'none', dataDir })
  client = new HttpClient(server.url, BODIES)
})
afterEach(async () => {
  client.close()
  await server.stop()
  await rm(dataDir, { recursive: true })
})

/** One batch in a body as large as many. */
function largeBody(id: string): Buffer {
  const body = Buffer.alloc(BODY_BYTES, ' ')
  body.write(JSON.stringify({ batches: [randomBatch(createRandom(1), id, Date.now())] }))
  return body
}

it('tells senders to come back when more waits than may, keeps what it took, and takes the rest later', async () => {
  const bodies = Array.from({ length: BODIES }, (_, i) => largeBody(`batch-${i}`))
  // While somebody else holds the file nothing can be written, and everything waits.
  const other = openForWriting(path.join(dataDir, 'parascope.db'))
  other.exec('begin immediate')
  const answers = await Promise.all(bodies.map((body) => client.postBatches(body)))
  other.close()
  const statuses = answers.map(({ status }) => status)
  expect(statuses).toContain(429)
  for (const { status, headers } of answers) {
    expect([429, 503]).toContain(status)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  }
  for (const body of bodies) expect((await client.postBatches(body)).json).toMatchObject({ accepted: 1 })
  expect(inspectStore(dataDir).hashes.size).toBe(BODIES)
})
