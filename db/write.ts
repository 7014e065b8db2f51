import { SOURCES } from '#lib/model/vocabulary.ts'
import { type BatchColumns, type MeasuredBatch, toBatchColumns, toSignatureParts } from './batch-columns.ts'
import { createDimensionWriter, type DimensionWriter } from './sqlite/dimensions.ts'
import { decodeKey, encodeKey, type Key } from './sqlite/keys.ts'
import type { SqliteDatabase } from './sqlite/open.ts'
import { createSignatureWriter, type SignatureWriter } from './sqlite/signatures.ts'

/** `duplicate`: the same id with the same content is there; `conflict`: with other content. The first wins. */
export type AppendResult = 'added' | 'duplicate' | 'conflict'

/** Where a batch that may still change stands. */
export interface ProvisionalPlace {
  /** Below 0. */
  readonly position: number
  readonly isShown: boolean
}

/** Counts that the log cannot tell, kept over restarts. */
export type CounterName =
  | 'duplicates'
  | 'conflicts'
  | 'rejected'
  | 'probes'
  | 'spans'
  | 'repeated-spans'
  | 'rejected-spans'
  | 'late-spans'

const LAST_SEQ =
  'select max(coalesce((select max(seq) from batches), 0), coalesce((select max(seq) from retractions), 0))'

/** Leaves out a batch whose id is there, and nothing else: any other fault must be heard of. */
const INSERT = `insert into batches
  (seq, batch_key, run_key, started_at_us, received_at_us, agent_id, environment_id, version_id, model_id,
   signature_id, slowest_tool_id, mode, source, evidence, provisional, revision, size, wall_us, serialization,
   outcome_mask, body, retracted_by)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (batch_key) where retracted_by is null do nothing`

const SAME_CONTENT = `select 1 from batches where batch_key = ? and retracted_by is null and run_key is ?
  and started_at_us = ? and agent_id = ? and environment_id = ? and version_id is ? and model_id is ?
  and mode is ? and body = ?`

const OTLP = SOURCES.indexOf('otlp')
/** Stands in `retracted_by` of content that waits to replace a batch of the log: no entry has this position. */
const HIDDEN = 0

/** What stands at a position before the log, and the batch of its id that counts. */
const SAYS_THE_SAME = `select 1 from batches a, batches b where a.seq = ?
  and b.batch_key = ? and b.seq > 0 and b.retracted_by is null and a.run_key is b.run_key
  and a.started_at_us = b.started_at_us and a.agent_id = b.agent_id and a.environment_id = b.environment_id
  and a.version_id is b.version_id and a.model_id is b.model_id and a.mode is b.mode
  and a.evidence = b.evidence and a.body = b.body`

/** Every statement of the hot path, prepared once. */
function prepareStatements(db: SqliteDatabase) {
  return {
    insert: db.prepare(INSERT),
    sameContent: db.prepare(SAME_CONTENT).pluck(),
    current: db
      .prepare('select seq from batches where batch_key = ? and retracted_by is null and seq > 0')
      .pluck(),
    markRetracted: db.prepare('update batches set retracted_by = ? where seq = ?'),
    insertRetraction: db.prepare('insert into retractions (seq, batch_seq) values (?, ?)'),
    fromSpans: db
      .prepare(`select seq from batches where batch_key = ? and retracted_by is null and source = ${OTLP}`)
      .pluck(),
    hasReport: db
      .prepare(
        `select 1 from batches where batch_key = ? and retracted_by is null and seq > 0 and source <> ${OTLP}`,
      )
      .pluck(),
    removeProvisional: db.prepare('delete from batches where seq = ? and seq < 0'),
    markProvisional: db.prepare(
      'update batches set provisional = ? where batch_key = ? and retracted_by is null and seq > 0',
    ),
    saysTheSame: db.prepare(SAYS_THE_SAME).pluck(),
    promote: db.prepare(
      'update batches set seq = ?, provisional = 0, retracted_by = null where seq = ? and seq < 0',
    ),
    count: db.prepare(
      'insert into counters (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value',
    ),
    lastSeq: db.prepare(LAST_SEQ).pluck(),
    firstSeq: db.prepare('select coalesce((select min(seq) from batches where seq < 0), 0)').pluck(),
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),
  }
}

/** The only writer of the log. Everything but `transaction` must be called inside one. */
export class LogWriter {
  readonly #db: SqliteDatabase
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #dimensions: DimensionWriter
  readonly #signatures: SignatureWriter
  #lastSeq: number
  #firstSeq: number
  readonly #rollbackListeners: (() => void)[] = []

  constructor(db: SqliteDatabase) {
    this.#db = db
    this.#statements = prepareStatements(db)
    this.#dimensions = createDimensionWriter(db)
    this.#signatures = createSignatureWriter(db)
    this.#lastSeq = this.#statements.lastSeq.get() as number
    this.#firstSeq = this.#statements.firstSeq.get() as number
  }

  /** The position of the newest entry; 0 = empty. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Called when a transaction was rolled back: what was remembered of it is not so. */
  onRollback(listener: () => void): void {
    this.#rollbackListeners.push(listener)
  }

  /** Runs `work` in one durable transaction; a throw rolls all of it back and is passed on. */
  transaction<T>(work: () => T): T {
    return this.#transact(work)
  }

  /**
   * The same for what can be done again from what is durable already: not flushed by itself, but never lost while
   * anything that was committed after it is kept.
   */
  orderedTransaction<T>(work: () => T): T {
    this.#db.pragma('synchronous = NORMAL')
    try {
      return this.#transact(work)
    } finally {
      this.#db.pragma('synchronous = FULL')
    }
  }

  #transact<T>(work: () => T): T {
    this.#statements.begin.run()
    const [lastSeq, firstSeq] = [this.#lastSeq, this.#firstSeq]
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      // What was interned or numbered in a transaction that is gone must be forgotten with it.
      this.#lastSeq = lastSeq
      this.#firstSeq = firstSeq
      this.#dimensions.forget()
      this.#signatures.forget()
      for (const forget of this.#rollbackListeners) forget()
      if (this.#db.inTransaction) this.#statements.rollback.run()
      throw error
    }
  }

  append(measured: MeasuredBatch): AppendResult {
    const row = toBatchColumns(measured, this.#dimensions)
    if (!this.#insert(this.#lastSeq + 1, measured, row)) {
      if (measured.batch.source === 'otlp' || !this.#takeOutSpans(row.batchKey))
        return this.#isSame(measured, row) ? 'duplicate' : 'conflict'
      this.#insert(this.#lastSeq + 1, measured, row)
    }
    this.#lastSeq += 1
    return 'added'
  }

  /** What was reported outright says more than what spans told of it: they give it their place. */
  #takeOutSpans(batchKey: Key): boolean {
    const seq = this.#statements.fromSpans.get(batchKey) as number | undefined
    if (seq === undefined) return false
    if (seq < 0) this.removeProvisional(seq)
    else this.retract(decodeKey(batchKey))
    return true
  }

  /** Whether the log holds a batch of this id that did not come from spans. */
  hasReport(batchId: string): boolean {
    return this.#statements.hasReport.get(encodeKey(batchId)) === 1
  }

  /**
   * Shows a batch that may still change at a position before the log, where reads find it and no consumer does:
   * at `position` in the place of what stands there, else at a new one. Where the log itself holds a batch of this
   * id, the content is kept but not shown.
   */
  putProvisional(measured: MeasuredBatch, position: number | null): ProvisionalPlace {
    const row = toBatchColumns(measured, this.#dimensions)
    if (position === null) this.#firstSeq -= 1
    else this.removeProvisional(position)
    const seq = position ?? this.#firstSeq
    if (this.#insert(seq, measured, row)) return { position: seq, isShown: true }
    this.#insert(seq, measured, row, HIDDEN)
    return { position: seq, isShown: false }
  }

  removeProvisional(position: number): void {
    this.#statements.removeProvisional.run(position)
  }

  /** Says of the batch that counts whether other content for it is on its way. */
  markProvisional(batchId: string, isProvisional: boolean): void {
    this.#statements.markProvisional.run(isProvisional ? 1 : 0, encodeKey(batchId))
  }

  /**
   * Appends what stands at a position before the log, in the place of the batch of its id that counted so far, if
   * any. `unchanged` when that one says the same: then it goes on counting.
   */
  promote(batchId: string, position: number): 'added' | 'replaced' | 'unchanged' {
    if (this.#statements.saysTheSame.get(position, encodeKey(batchId)) === 1) {
      this.removeProvisional(position)
      this.markProvisional(batchId, false)
      return 'unchanged'
    }
    const isReplaced = this.retract(batchId)
    this.#lastSeq += 1
    const { changes } = this.#statements.promote.run(this.#lastSeq, position)
    if (changes !== 1) throw new Error(`nothing stands at ${position} before the log for batch ${batchId}`)
    return isReplaced ? 'replaced' : 'added'
  }

  #insert(
    seq: number,
    { batch, measures, signature }: MeasuredBatch,
    row: BatchColumns,
    retractedBy: number | null = null,
  ): boolean {
    const { changes } = this.#statements.insert.run(
      seq,
      row.batchKey,
      row.runKey,
      batch.startedAtUs,
      batch.receivedAtUs,
      row.agentId,
      row.environmentId,
      row.versionId,
      row.modelId,
      this.#signatures.intern(toSignatureParts(signature, this.#dimensions)),
      row.slowestToolId,
      row.mode,
      row.source,
      row.evidence,
      batch.provisional ? 1 : 0,
      batch.revision,
      measures.size,
      measures.wallUs,
      measures.serialization,
      row.outcomeMask,
      row.body,
      retractedBy,
    )
    return changes === 1
  }

  /** Takes the current batch of this id out of what counts; false when there is none. */
  retract(batchId: string): boolean {
    const batchSeq = this.#statements.current.get(encodeKey(batchId)) as number | undefined
    if (batchSeq === undefined) return false
    this.#lastSeq += 1
    this.#statements.insertRetraction.run(this.#lastSeq, batchSeq)
    this.#statements.markRetracted.run(this.#lastSeq, batchSeq)
    return true
  }

  count(name: CounterName, by: number): void {
    if (by > 0) this.#statements.count.run(name, by)
  }

  #isSame({ batch }: MeasuredBatch, row: BatchColumns): boolean {
    const { batchKey, runKey, agentId, environmentId, versionId, modelId, mode, body } = row
    const columns = [runKey, batch.startedAtUs, agentId, environmentId, versionId, modelId, mode, body]
    return this.#statements.sameContent.get(batchKey, ...columns) === 1
  }
}
