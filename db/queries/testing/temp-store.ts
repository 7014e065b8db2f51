import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import { commitIngest, prepareIngest } from '#ingest/pipeline.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { openForReading, openForWriting, type SqliteDatabase } from '../../sqlite/open.ts'
import type { StoreReads } from '../../store.ts'
import { LogWriter } from '../../write.ts'
import { DEFAULT_LIMITS, type ReadLimits } from '../context.ts'
import { createReads } from '../reads.ts'

const MAX_BODY_BYTES = 1 << 30
const RECEIVED_AT_MS = 1_790_000_000_000

/** A store in a folder of its own, filled the way a server fills it. */
export interface TempStore {
  readonly log: LogWriter
  /** Ingests as one request and answers what was appended, in the order of the log. */
  ingest(batches: readonly IngestBatch[]): readonly MeasuredBatch[]
  retract(batchId: string): void
  /** Writes what nothing else here does, in one transaction. */
  write(work: (db: SqliteDatabase) => void): void
  /** Brings everything derived up to date. */
  derive(): void
  /** Reads on a connection of their own; by default with a clock that stands still, so that no scan is cut. */
  read(options?: { limits?: Partial<ReadLimits>; monotonicMs?: () => number }): StoreReads
  close(): void
}

export function createTempStore(): TempStore {
  const folder = mkdtempSync(join(tmpdir(), 'parascope-reads-'))
  const file = join(folder, 'store.db')
  const writing = openForWriting(file)
  const log = new LogWriter(writing)
  const jobs = createJobs(writing, log, () => 0)
  const open: SqliteDatabase[] = [writing]
  return {
    log,
    ingest(batches) {
      const body = Buffer.from(JSON.stringify({ batches }))
      const request = { body, encoding: '', receivedAtMs: RECEIVED_AT_MS, source: 'sdk' } as const
      const prepared = prepareIngest(request, MAX_BODY_BYTES)
      return log.transaction(() => commitIngest(prepared, log).added)
    },
    retract: (batchId) => void log.transaction(() => log.retract(batchId)),
    write: (work) => log.transaction(() => work(writing)),
    derive: () => jobs.flush(),
    read({ limits = {}, monotonicMs = () => 0 } = {}) {
      const db = openForReading(file)
      open.push(db)
      return createReads(db, { monotonicMs, limits: { ...DEFAULT_LIMITS, ...limits } })
    },
    close() {
      for (const db of open) db.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A clock that moves on by a millisecond whenever it is looked at: a scan gets only so many steps. */
export function createTickingClock(): () => number {
  let nowMs = 0
  return () => nowMs++
}
