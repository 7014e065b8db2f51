import { type AssembledRow, type AssembledTable, openAssembledTable } from '#db/assembled.ts'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { LogWriter } from '#db/write.ts'
import type { AssembledBatch, Superseded } from '../assemble/assembled.ts'
import { hashAssembled, measureAssembled } from './measure-assembled.ts'

/** What came of the spans of a component. */
export interface Outcome {
  readonly changed: readonly AssembledBatch[]
  readonly superseded: readonly Superseded[]
}

/** Batches that people can see now, or see otherwise than before. */
export interface Shown {
  /** For the first time. */
  readonly added: MeasuredBatch[]
  readonly changed: string[]
}

const US_PER_MS = 1_000

/**
 * Writes what was assembled: first to where it is shown but counts for nothing yet, and when it is quiet to the log.
 * Everything within transactions.
 */
export class AssemblyWriter {
  readonly #table: AssembledTable
  readonly #log: LogWriter

  constructor(db: SqliteDatabase, log: LogWriter) {
    this.#table = openAssembledTable(db)
    this.#log = log
  }

  /** Says of each batch what it is now. The quiet period of those that are not as before begins at `changedMs`. */
  write(component: number, { changed, superseded }: Outcome, changedMs: number, shown: Shown): void {
    for (const gone of superseded) this.#writeGone(gone, changedMs, shown)
    for (const batch of changed) this.#writeBatch(component, batch, changedMs, shown)
  }

  /** Brings a batch whose quiet period is over to the log, or takes it out. */
  finalise(row: AssembledRow, shown: Shown): void {
    shown.changed.push(row.batchId)
    if (this.#log.hasReport(row.batchId)) this.#yield(row)
    else if (row.state === 'gone') {
      this.#log.retract(row.batchId)
      this.#table.remove(row.batchId)
    } else if (row.position !== null) {
      const result = this.#log.promote(row.batchId, row.position)
      const revision = result === 'unchanged' ? row.revision : row.revision + 1
      this.#table.write({ ...row, state: 'final', revision, position: null })
    }
  }

  #writeBatch(component: number, batch: AssembledBatch, changedMs: number, shown: Shown): void {
    const { batchId, spans } = batch
    const known = this.#table.read(batchId)
    const now = { batchId, component, spans, contentHash: hashAssembled(batch) }
    if (known === null) {
      const firstReceivedUs = Math.round(changedMs * US_PER_MS)
      this.#show(
        batch,
        { ...now, state: 'provisional', revision: 0, position: null, firstReceivedUs, changedMs },
        shown,
      )
    } else if (known.state === 'gone' || Buffer.compare(now.contentHash, known.contentHash) !== 0) {
      this.#show(batch, { ...known, ...now, changedMs }, shown)
    } else if (known.component !== component || known.spans.join() !== spans.join()) {
      this.#table.write({ ...known, ...now })
    }
  }

  /** Puts a batch before the log, where it waits to be final. */
  #show(batch: AssembledBatch, row: AssembledRow, shown: Shown): void {
    const { batchId, revision, firstReceivedUs: receivedAtUs } = row
    if (this.#log.hasReport(batchId)) {
      this.#log.count('late-spans', batch.spans.length)
      this.#yield(row)
      return
    }
    const measured = measureAssembled(batch, { receivedAtUs, revision: revision + 1, isProvisional: true })
    const { position, isShown } = this.#log.putProvisional(measured, row.position)
    this.#table.reinstate(batchId)
    if (isShown || revision > 0) {
      this.#table.write({ ...row, state: revision > 0 ? 'changed' : 'provisional', position })
      if (revision > 0) this.#log.markProvisional(batchId, true)
      if (isShown && row.position === null) shown.added.push(measured)
      else shown.changed.push(batchId)
      return
    }
    // Its spans have left the buffer: what came now is a part of what the log has.
    this.#log.removeProvisional(position)
    this.#log.count('late-spans', batch.spans.length)
    this.#table.write({ ...row, state: 'fixed', position: null })
  }

  /** What was reported outright stays as it is, whatever spans tell of it. */
  #yield(row: AssembledRow): void {
    if (row.position !== null) this.#log.removeProvisional(row.position)
    this.#table.write({ ...row, state: 'fixed', position: null })
  }

  #writeGone({ batchId, supersededBy }: Superseded, changedMs: number, shown: Shown): void {
    const known = this.#table.read(batchId)
    if (known === null || known.state === 'gone' || this.#log.hasReport(batchId)) return
    this.#table.supersede(batchId, supersededBy, changedMs)
    shown.changed.push(batchId)
    if (known.position !== null) this.#log.removeProvisional(known.position)
    if (known.revision === 0) this.#table.remove(batchId)
    else {
      this.#log.markProvisional(batchId, true)
      this.#table.write({ ...known, state: 'gone', position: null, changedMs })
    }
  }
}
