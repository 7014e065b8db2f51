import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from '#db/sqlite/batch-row.ts'
import { createDimensionReader } from '#db/sqlite/dimensions.ts'
import { openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { assemble } from '../assemble/assemble.ts'
import type { SpanFacts } from '../dialects/facts.ts'
import { SpanAssembler } from './assembler.ts'
import type { Shown } from './assembly-writer.ts'
import { createSpanBuffer } from './buffer.ts'
import { measureAssembled } from './measure-assembled.ts'
import type { PreparedSpans } from './prepare.ts'

export const QUIET_MS = 10_000
export const KEEP_MS = 3_600_000
const START_MS = 1_790_000_000_000

/** A store that takes spans, with a clock that its test moves. */
export interface SpanStore extends Disposable {
  readonly db: SqliteDatabase
  readonly log: LogWriter
  readonly shown: Shown
  readonly faults: unknown[]
  send(facts: readonly SpanFacts[]): void
  /** Moves the clock. */
  wait(ms: number): void
  /** Assembles, finalises and purges what is due. */
  work(): void
  settle(): void
  /** Does what is due for consumers of the log. */
  derive(): void
  /** Forgets everything in memory, as a process that was killed. */
  restart(): void
  /** What people see. */
  visible(): StoredBatch[]
  /** What counts. */
  final(): StoredBatch[]
}

export function createSpanStore({ maxBytes = 1 << 30 } = {}): SpanStore {
  const folder = mkdtempSync(path.join(tmpdir(), 'parascope-spans-'))
  const file = path.join(folder, 'parascope.db')
  let nowMs = START_MS
  const shown: Shown = { added: [], changed: [] }
  const faults: unknown[] = []
  let live = open()

  function open() {
    const db = openForWriting(file)
    const log = new LogWriter(db)
    const buffer = createSpanBuffer({ db, log, maxBytes })
    const assembler = new SpanAssembler({
      db,
      log,
      buffer,
      quietMs: QUIET_MS,
      keepMs: KEEP_MS,
      nowMs: () => nowMs,
      monotonicMs: () => 0,
      onFault: (error) => faults.push(error),
      isStorageFault: () => false,
    })
    return { db, log, buffer, assembler, jobs: createJobs(db, log, () => 0) }
  }

  function read(condition: string): StoredBatch[] {
    const dimensions = createDimensionReader(live.db)
    const rows = live.db.prepare(
      `select ${BATCH_COLUMNS} from batches where retracted_by is null and ${condition} order by batch_key`,
    )
    return (rows.all() as BatchRow[]).map((row) => decodeBatchRow(row, dimensions))
  }

  return {
    get db() {
      return live.db
    },
    get log() {
      return live.log
    },
    shown,
    faults,
    send(facts) {
      const { log, buffer, assembler } = live
      assembler.feed(log.transaction(() => buffer.take(prepare(facts, nowMs))))
    },
    wait(ms) {
      nowMs += ms
    },
    work() {
      while (live.assembler.runSlice(1, shown));
    },
    settle() {
      live.assembler.settle()
      while (live.assembler.runSlice(1, shown));
    },
    derive: () => live.jobs.flush(),
    restart() {
      live.db.close()
      live = open()
    },
    visible: () => read('true'),
    final: () => read('seq > 0'),
    [Symbol.dispose]() {
      live.db.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function prepare(facts: readonly SpanFacts[], receivedAtMs: number): PreparedSpans {
  const spans = facts.map((fact) => ({ facts: fact, isRecognised: true }))
  const rejected = { count: 0, faults: [] }
  const decoded = { spans: [], rejected, encoding: 'json', byteLength: 0 } as const
  return { decoded, receivedAtMs, spans, receipts: [] }
}

/** The same spans under ids of the lengths that OTLP has. */
export function withOtlpIds(facts: readonly SpanFacts[], salt = ''): SpanFacts[] {
  const hex = (id: string, digits: number) =>
    createHash('sha256')
      .update(salt + id)
      .digest('hex')
      .slice(0, digits)
  return facts.map((fact) => ({
    ...fact,
    service: fact.service ?? null,
    traceId: hex(fact.traceId, 32),
    spanId: hex(fact.spanId, 16),
    parentSpanId: fact.parentSpanId === null ? null : hex(fact.parentSpanId, 16),
  }))
}

/** What a batch says, whenever it came and however often it was told otherwise before. */
export function contentOf(batch: StoredBatch): unknown {
  const { receivedAtUs, revision, provisional, ...content } = batch
  return content
}

/** What the spans say when all of them are there. */
export function expectedOf(facts: readonly SpanFacts[]): unknown[] {
  const arrival = { receivedAtUs: START_MS * 1000, revision: 1, isProvisional: false }
  return assemble(facts)
    .map((batch) => measureAssembled(batch, arrival).batch)
    .sort((a, b) => (a.batchId < b.batchId ? -1 : 1))
    .map(contentOf)
}
