import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { IngestAnswer, IngestBatch } from '#lib/contract/ingest.ts'
import { HttpClient } from './http-client.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { randomBatch } from './random-batches.ts'

const MAX_BATCHES = 30
/** So often a request holds a batch again that has long been acknowledged. */
const REPEAT_SHARE = 0.1
const GZIP_SHARE = 0.2
/** Sooner than it is asked to come back: the trials have not the time. */
const RETRY_MS = 50

/** A sender as an SDK is one: what was not acknowledged is sent again, the same and first, until it is. */
export class ResendingSender {
  readonly #random: Random
  readonly #name: string
  readonly #ledger: Ledger
  #pending: IngestBatch[] | null = null
  #last: IngestBatch | null = null
  #made = 0
  /** Requests that had no answer, or one that asks to come back. */
  resent = 0
  /** Those of them that were told to come back. */
  refused = 0

  constructor(name: string, random: Random, ledger: Ledger) {
    this.#name = name
    this.#random = random
    this.#ledger = ledger
  }

  /** Sends to this server as fast as it answers, until `shouldStop`, or until it no longer answers. */
  async run(url: string, shouldStop: () => boolean): Promise<void> {
    const client = new HttpClient(url, 1)
    try {
      while (!shouldStop()) {
        this.#pending ??= this.#makeRequest()
        if (!(await this.#send(client, this.#pending))) return
      }
    } finally {
      client.close()
    }
  }

  /** Sends what has not been acknowledged yet, and nothing new. */
  async settle(url: string): Promise<void> {
    const client = new HttpClient(url, 1)
    while (this.#pending !== null) await this.#send(client, this.#pending)
    client.close()
  }

  /** False when the server is gone. */
  async #send(client: HttpClient, batches: readonly IngestBatch[]): Promise<boolean> {
    const bytes = Buffer.from(JSON.stringify({ sent_at: Date.now(), batches }))
    const isCompressed = this.#random.chance(GZIP_SHARE)
    const encoding: Record<string, string> = isCompressed ? { 'content-encoding': 'gzip' } : {}
    const answer = await client
      .postBatches(isCompressed ? gzipSync(bytes) : bytes, encoding)
      .catch(() => null)
    if (answer?.status === 200) {
      expectAllTaken(answer.json as IngestAnswer, batches.length)
      this.#ledger.acknowledge(batches)
      this.#last = batches[0] ?? null
      this.#pending = null
      return true
    }
    this.resent += 1
    if (answer === null) return false
    const isRefusal = answer.status === 429 || answer.status === 503
    if (!isRefusal || answer.headers['retry-after'] === undefined)
      throw new Error(`valid batches were answered ${answer.status}: ${answer.text}`)
    this.refused += 1
    await sleep(RETRY_MS)
    return true
  }

  #makeRequest(): IngestBatch[] {
    const batches: IngestBatch[] = []
    const count = this.#random.int(1, MAX_BATCHES)
    while (batches.length < count) {
      this.#made += 1
      batches.push(randomBatch(this.#random, `${this.#name}-${this.#made}`, Date.now()))
    }
    if (this.#last !== null && this.#random.chance(REPEAT_SHARE)) batches.push(this.#last)
    this.#ledger.send(batches)
    return batches
  }
}

function expectAllTaken({ accepted, duplicates, rejected }: IngestAnswer, count: number): void {
  if (rejected.length > 0) throw new Error(`valid batches were rejected: ${JSON.stringify(rejected[0])}`)
  if (accepted + duplicates !== count)
    throw new Error(`of ${count} batches ${accepted} were accepted and ${duplicates} known`)
}
