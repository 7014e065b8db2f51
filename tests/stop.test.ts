import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer } from '../e2e/server-process.ts'
import { HttpClient } from './testing/http-client.ts'
import { inspectStore } from './testing/inspect-store.ts'
import { judgeStore } from './testing/judge-store.ts'
import { Ledger } from './testing/ledger.ts'
import { createRandom } from './testing/random.ts'
import { randomBatch } from './testing/random-batches.ts'
import { waitUntil } from './testing/wait-until.ts'

const SENDERS = 8
let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-stop-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

describe('a server that is told to stop under load', () => {
  it('answers everything that it has kept, and keeps everything that it has answered', async () => {
    const random = createRandom(3)
    const ledger = new Ledger()
    const unanswered: string[] = []
    let answeredAfter = 0
    let stopping = false
    const server = await startServer({ pages: 'none', dataDir })
    const send = async (sender: number) => {
      const client = new HttpClient(server.url, 1)
      for (let i = 0; ; i++) {
        const batches = [
          randomBatch(random, `${sender}-${i}-a`, Date.now()),
          randomBatch(random, `${sender}-${i}-b`, Date.now()),
        ]
        ledger.send(batches)
        const answer = await client.postBatches({ batches }).catch(() => null)
        if (answer === null) {
          unanswered.push(...batches.map(({ batch_id }) => batch_id))
          break
        }
        expect(answer.status).toBe(200)
        ledger.acknowledge(batches)
        if (stopping) answeredAfter += 1
      }
      client.close()
    }
    const sending = Promise.all(Array.from({ length: SENDERS }, (_, i) => send(i)))
    await waitUntil('batches are stored', () => ledger.acknowledged.size > 200)
    stopping = true
    await server.stop()
    await sending
    const finding = judgeStore(dataDir, ledger)
    expect(finding.broken).toEqual([])
    // Whose connection was closed knows that nothing was kept: no batch is there that was not acknowledged.
    expect(finding.stored).toBe(finding.acknowledged)
    expect(unanswered).toHaveLength(2 * SENDERS)
    expect(answeredAfter).toBeGreaterThan(0)
  })
})

describe('a server that is told to stop', () => {
  it('does not wait for somebody who never finishes a request', async () => {
    const server = await startServer({ pages: 'none', dataDir })
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.once('error', () => undefined)
    socket.write(
      'POST /api/v1/batches HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    )
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const client = new HttpClient(server.url)
    await client.postBatches({ batches: [randomBatch(createRandom(1), 'kept', Date.now())] })
    await server.stop()
    await closed
    client.close()
    expect([...inspectStore(dataDir).hashes.keys()]).toEqual(['kept'])
  })
})
