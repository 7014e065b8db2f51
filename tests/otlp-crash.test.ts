import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startServer } from '../e2e/server-process.ts'
import { startLocalServer } from './testing/local-server.ts'
import { postSpans } from './testing/otlp-client.ts'
import { expectedTurns, tellTurns, waitForFinal } from './testing/otlp-read.ts'
import { CONTENT_TYPE, encodeSpans, type MadeRun, makeRun } from './testing/otlp-runs.ts'
import { createRandom, type Random } from './testing/random.ts'

const KILLS = 3
const SENDERS = 4
/** The server works for so long, at random, before it is killed. */
const MAX_LIFE_MS = 1_200
/** Short, so that batches become final, and change again, between the kills. */
const QUIET_MS = 200

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-otlp-crash-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

/** A sender as an exporter is one: what was not acknowledged is sent again, until it is. */
class SpanSender {
  readonly runs: MadeRun[] = []
  readonly #random: Random
  readonly #name: string
  #pending: Buffer[] = []

  constructor(name: string, random: Random) {
    this.#name = name
    this.#random = random
  }

  /** Sends until the server no longer answers. */
  async run(url: string, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.#pending.length === 0) this.#pending = this.#makeRequests()
      if (!(await this.#sendNext(url))) return
    }
  }

  /** Sends what has not been acknowledged yet, and nothing new. */
  async settle(url: string): Promise<void> {
    while (this.#pending.length > 0) await this.#sendNext(url)
  }

  async #sendNext(url: string): Promise<boolean> {
    const [body] = this.#pending
    if (body === undefined) return true
    const answer = await postSpans(url, body, { 'content-type': CONTENT_TYPE.protobuf }).catch(() => null)
    if (answer === null) return false
    if (answer.status === 200) this.#pending.shift()
    else if (answer.status !== 503) throw new Error(`spans were answered ${answer.status}`)
    return true
  }

  /** A run in pieces and out of order, some of them twice. */
  #makeRequests(): Buffer[] {
    const name = `${this.#name}-${this.runs.length}`
    const run = makeRun(this.#random, name, Date.now(), { turns: this.#random.int(1, 3), maxCalls: 4 })
    this.runs.push(run)
    const spans = run.spans.toSorted(() => this.#random.next() - 0.5)
    const cut = this.#random.int(1, spans.length - 1)
    const pieces = [spans.slice(0, cut), spans.slice(cut), ...(this.#random.chance(0.2) ? [spans] : [])]
    return pieces.map((piece) => encodeSpans(piece, 'protobuf'))
  }
}

it('keeps every acknowledged span, however it is killed, and makes of them what was run', async () => {
  const random = createRandom(20_261_120)
  const senders = Array.from({ length: SENDERS }, (_, i) => new SpanSender(`sender-${i}`, random))
  for (let kill = 0; kill < KILLS; kill++) {
    const server = await startServer({
      pages: 'none',
      dataDir,
      environment: { PARASCOPE_SPAN_QUIET_MS: String(QUIET_MS) },
    })
    let isDead = false
    const running = senders.map((sender) => sender.run(server.url, () => isDead))
    await sleep(random.int(100, MAX_LIFE_MS))
    await server.kill()
    isDead = true
    await Promise.all(running)
  }
  const server = await startLocalServer({
    dataDir,
    spans: { quietMs: QUIET_MS, maxBufferBytes: 1 << 30, capturesContent: false },
  })
  try {
    await Promise.all(senders.map((sender) => sender.settle(server.url)))
    const runs = senders.flatMap((sender) => sender.runs)
    const batches = await waitForFinal(
      server,
      runs.reduce((sum, { turns }) => sum + turns.length, 0),
    )
    const byRun = Map.groupBy(batches, ({ run_id }) => run_id)
    for (const run of runs) expect(tellTurns(byRun.get(run.conversation) ?? [])).toEqual(expectedTurns(run))
    expect([...byRun.keys()].toSorted()).toEqual(runs.map(({ conversation }) => conversation).toSorted())
    expect(runs.length).toBeGreaterThan(KILLS * SENDERS)
  } finally {
    await server.stop()
  }
})
