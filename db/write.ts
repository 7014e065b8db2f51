import { type MeasuredBatch, toBatchColumns, toSignatureParts } from './batch-columns.ts'
import { createDimensionWriter, type DimensionWriter } from './sqlite/dimensions.ts'
import { encodeKey } from './sqlite/keys.ts'
import type { SqliteDatabase } from './sqlite/open.ts'
import { createSignatureWriter, type SignatureWriter } from './sqlite/signatures.ts'

/** `duplicate`: the same id with the same content is there; `conflict`: with other content. The first wins. */
export type AppendResult = 'added' | 'duplicate' | 'conflict'

/** Counts that the log cannot tell, kept over restarts. */
export type CounterName = 'duplicates' | 'conflicts' | 'rejected' | 'probes'

const LAST_SEQ =
  'select max(coalesce((select max(seq) from batches), 0), coalesce((select max(seq) from retractions), 0))'

/** Leaves out a batch whose id is there, and nothing else: any other fault must be heard of. */
const INSERT = `insert into batches
  (seq, batch_key, run_key, started_at_us, received_at_us, agent_id, environment_id, version_id, model_id,
   signature_id, slowest_tool_id, mode, source, evidence, provisional, revision, size, wall_us, serialization,
   outcome_mask, body)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (batch_key) where retracted_by is null do nothing`

const SAME_CONTENT = `select 1 from batches where batch_key = ? and retracted_by is null and run_key is ?
  and started_at_us = ? and agent_id = ? and environment_id = ? and version_id is ? and model_id is ?
  and mode is ? and body = ?`

/** Every statement of the hot path, prepared once. */
function prepareStatements(db: SqliteDatabase) {
  return {
    insert: db.prepare(INSERT),
    sameContent: db.prepare(SAME_CONTENT).pluck(),
    current: db.prepare('select seq from batches where batch_key = ? and retracted_by is null').pluck(),
    markRetracted: db.prepare('update batches set retracted_by = ? where seq = ?'),
    insertRetraction: db.prepare('insert into retractions (seq, batch_seq) values (?, ?)'),
    count: db.prepare(
      'insert into counters (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value',
    ),
    lastSeq: db.prepare(LAST_SEQ).pluck(),
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

  constructor(db: SqliteDatabase) {
    this.#db = db
    this.#statements = prepareStatements(db)
    this.#dimensions = createDimensionWriter(db)
    this.#signatures = createSignatureWriter(db)
    this.#lastSeq = this.#statements.lastSeq.get() as number
  }

  /** The position of the newest entry; 0 = empty. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Runs `work` in one durable transaction; a throw rolls all of it back and is passed on. */
  transaction<T>(work: () => T): T {
    this.#statements.begin.run()
    const lastSeq = this.#lastSeq
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      // What was interned or numbered in a transaction that is gone must be forgotten with it.
      this.#lastSeq = lastSeq
      this.#dimensions.forget()
      this.#signatures.forget()
      if (this.#db.inTransaction) this.#statements.rollback.run()
      throw error
    }
  }

  append(measured: MeasuredBatch): AppendResult {
    const { batch, measures, signature } = measured
    const row = toBatchColumns(measured, this.#dimensions)
    const { changes } = this.#statements.insert.run(
      this.#lastSeq + 1,
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
    )
    if (changes === 0) return this.#isSame(measured, row) ? 'duplicate' : 'conflict'
    this.#lastSeq += 1
    return 'added'
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

  #isSame({ batch }: MeasuredBatch, row: ReturnType<typeof toBatchColumns>): boolean {
    const { batchKey, runKey, agentId, environmentId, versionId, modelId, mode, body } = row
    const columns = [runKey, batch.startedAtUs, agentId, environmentId, versionId, modelId, mode, body]
    return this.#statements.sameContent.get(batchKey, ...columns) === 1
  }
}
