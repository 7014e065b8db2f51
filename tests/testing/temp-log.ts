import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openForReading, openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { commitIngest, type PreparedRequest, prepareIngest } from '#ingest/pipeline.ts'
import type { IngestAnswer, IngestBatch } from '#lib/contract/ingest.ts'

/** When everything is received. */
export const RECEIVED_AT_MS = 1_790_000_000_000

/** A log in a folder of its own, with the connection that writes it. */
export interface TempLog extends Disposable {
  readonly file: string
  readonly db: SqliteDatabase
  readonly log: LogWriter
  /** As one request, ready to be appended. */
  prepare(batches: readonly IngestBatch[]): PreparedRequest
  /** Ingests as one request. */
  ingest(batches: readonly IngestBatch[]): IngestAnswer
  /** A further connection that only reads. */
  openReading(): SqliteDatabase
}

function prepare(batches: readonly IngestBatch[]): PreparedRequest {
  const body = Buffer.from(JSON.stringify({ batches }))
  const request = { body, encoding: '', receivedAtMs: RECEIVED_AT_MS, source: 'sdk' } as const
  return prepareIngest(request, body.byteLength)
}

export function createTempLog(): TempLog {
  const folder = mkdtempSync(path.join(tmpdir(), 'parascope-log-'))
  const file = path.join(folder, 'parascope.db')
  const db = openForWriting(file)
  const log = new LogWriter(db)
  const readers: SqliteDatabase[] = []
  return {
    file,
    db,
    log,
    prepare,
    ingest(batches) {
      const prepared = prepare(batches)
      return log.transaction(() => commitIngest(prepared, log).answer)
    },
    openReading() {
      const reader = openForReading(file)
      readers.push(reader)
      return reader
    },
    [Symbol.dispose]() {
      for (const reader of readers) reader.close()
      db.close()
      rmSync(folder, { recursive: true })
    },
  }
}
