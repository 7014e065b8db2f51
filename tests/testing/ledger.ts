import type { IngestBatch } from '#lib/contract/ingest.ts'
import { hashContent } from './content-hash.ts'

/** What senders know of their batches, to be held against what a store has. */
export class Ledger {
  /** Content hash of every batch that was ever sent, by id. */
  readonly sent = new Map<string, string>()
  /** Ids of those whose sender was told that they are kept. */
  readonly acknowledged = new Set<string>()

  send(batches: readonly IngestBatch[]): void {
    for (const batch of batches) {
      if (!this.sent.has(batch.batch_id)) this.sent.set(batch.batch_id, hashContent(batch))
    }
  }

  acknowledge(batches: readonly IngestBatch[]): void {
    for (const batch of batches) this.acknowledged.add(batch.batch_id)
  }

  /** Compares content, not counts: what was promised and is not there, and what is there and was never sent. */
  compare(stored: ReadonlyMap<string, string>): LedgerComparison {
    const lost: string[] = []
    const changed: string[] = []
    const unknown: string[] = []
    let unacknowledged = 0
    for (const id of this.acknowledged) if (!stored.has(id)) lost.push(id)
    for (const [id, hash] of stored) {
      const sent = this.sent.get(id)
      if (sent === undefined) unknown.push(id)
      else if (sent !== hash) changed.push(id)
      if (!this.acknowledged.has(id)) unacknowledged += 1
    }
    return { lost, changed, unknown, unacknowledged }
  }
}

export interface LedgerComparison {
  /** Acknowledged and not stored. */
  readonly lost: readonly string[]
  /** Stored with other content than was sent. */
  readonly changed: readonly string[]
  /** Stored and never sent. */
  readonly unknown: readonly string[]
  /** Stored before anybody could be told: no fault, the sender sends them again. */
  readonly unacknowledged: number
}
