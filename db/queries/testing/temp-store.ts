import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitIngest, prepareIngest } from '#ingest/pipeline.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { IngestAnswer, IngestBatch } from '#lib/contract/ingest.ts'
import { openForReading, openForWriting, type SqliteDatabase } from '../../sqlite/open.ts'
import { LogWriter } from '../../write.ts'

const MAX_BODY_BYTES = 1 << 30

/** A store in a folder of its own, filled the way a server fills it. */
export interface TempStore {
  readonly writing: SqliteDatabase
  readonly log: LogWriter
  /** Ingests as one request; received at the given time. */
  ingest(batches: readonly IngestBatch[], receivedAtMs?: number): IngestAnswer
  /** Brings everything derived up to date. */
  derive(): void
  /** A further connection that only reads. */
  openReading(): SqliteDatabase
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
    writing,
    log,
    ingest(batches, receivedAtMs = 1_790_000_000_000) {
      const body = Buffer.from(JSON.stringify({ batches }))
      const request = { body, encoding: '', receivedAtMs, source: 'sdk' } as const
      const prepared = prepareIngest(request, MAX_BODY_BYTES)
      return log.transaction(() => commitIngest(prepared, log).answer)
    },
    derive: () => jobs.flush(),
    openReading() {
      const db = openForReading(file)
      open.push(db)
      return db
    },
    close() {
      for (const db of open) db.close()
      rmSync(folder, { recursive: true })
    },
  }
}
