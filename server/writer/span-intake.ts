import { performance } from 'node:perf_hooks'
import { readSecret } from '#db/secrets.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { LogWriter } from '#db/write.ts'
import { createFingerprint, type Excerpt } from '#ingest/dialects/fingerprint.ts'
import { encodeResponse } from '#ingest/otlp/response.ts'
import { SpanAssembler } from '#ingest/spans/assembler.ts'
import type { Shown } from '#ingest/spans/assembly-writer.ts'
import { createSpanBuffer } from '#ingest/spans/buffer.ts'
import { prepareSpans, type SpanRequest } from '#ingest/spans/prepare.ts'
import type { GroupCommit } from './group-commit.ts'
import type { SpanAnswer, SpanSettings } from './protocol.ts'
import { describeStorageFault } from './storage-fault.ts'

/** Spans stay for so long after the last one of their run: exporters that were cut off come back within a day. */
const KEEP_MS = 24 * 3_600_000

export interface SpanIntakeOptions {
  readonly db: SqliteDatabase
  readonly log: LogWriter
  /** Makes excerpts of contents; null = none are kept. */
  readonly toExcerpt: Excerpt | null
  readonly commits: GroupCommit
  readonly settings: SpanSettings
  readonly maxBodyBytes: number
  /** Batches on disk that people can see now, or see otherwise. */
  readonly onShown: (shown: Shown) => void
  readonly onFault: (error: unknown) => void
}

/** Takes spans into the buffer, and makes batches of them between the writes. */
export interface SpanIntake {
  take(request: SpanRequest): Promise<SpanAnswer>
  /** True when there is more to do at once. */
  runSlice(budgetMs: number): boolean
  /** Lets no batch wait for quiet any longer, as at the end of an import. */
  settle(): void
  /** Whether something will have to be done, now or later. */
  isWaiting(): boolean
}

export function createSpanIntake(options: SpanIntakeOptions): SpanIntake {
  const { db, log, toExcerpt, commits, settings, maxBodyBytes, onShown, onFault } = options
  const print = createFingerprint(readSecret(db, 'fingerprints'), toExcerpt)
  const buffer = createSpanBuffer({ db, log, maxBytes: settings.maxBufferBytes })
  const assembler = new SpanAssembler({
    db,
    log,
    buffer,
    quietMs: settings.quietMs,
    keepMs: KEEP_MS,
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    onFault,
    isStorageFault: (error) => describeStorageFault(error) !== null,
  })

  return {
    async take(request) {
      const { prepared, taken } = await commits.write({
        prepare: () => prepareSpans(request, print, maxBodyBytes),
        work: (spans) => ({ prepared: spans, taken: buffer.take(spans) }),
        size: (spans) => spans.decoded.byteLength,
      })
      assembler.feed(taken)
      const { encoding, rejected } = prepared.decoded
      return {
        encoding,
        body: encodeResponse(encoding, prepared.decoded),
        added: taken.added,
        repeated: taken.repeated,
        rejected: rejected.count,
      }
    },
    runSlice(budgetMs) {
      const shown: Shown = { added: [], changed: [] }
      const hasMore = assembler.runSlice(budgetMs, shown)
      if (shown.added.length + shown.changed.length > 0) onShown(shown)
      return hasMore
    },
    settle: () => assembler.settle(),
    isWaiting: () => assembler.isWaiting(),
  }
}
