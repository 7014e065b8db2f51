import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'
import type { ToolCount } from '#lib/intervals/signature.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { EVIDENCE, MODES, OTHER, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'
import { encodeBody, type OverflowNames } from './packed.ts'
import {
  agentEnvironmentPair,
  createDimensionWriter,
  type DimensionKind,
  type DimensionWriter,
  OTHER_ID,
} from './sqlite/dimensions.ts'
import { encodeKey } from './sqlite/keys.ts'
import type { SqliteDatabase } from './sqlite/open.ts'
import { createSignatureWriter, type SignaturePart } from './sqlite/signatures.ts'

/** A batch ready for the log: its content and what was measured from it. */
export interface MeasuredBatch {
  readonly batch: StoredBatch
  readonly measures: BatchMeasures
  readonly signature: readonly ToolCount[]
}

/** `duplicate`: the same id with the same content is there; `conflict`: with other content. The first wins. */
export type AppendResult = 'added' | 'duplicate' | 'conflict'

/** Counts that the log cannot tell, kept over restarts. */
export type CounterName = 'duplicates' | 'conflicts' | 'rejected' | 'probes'

/** The only writer of the log. Everything but `transaction` must be called inside one. */
export interface LogWriter {
  /** Runs `work` in one durable transaction; a throw rolls all of it back and is passed on. */
  transaction<T>(work: () => T): T
  append(measured: MeasuredBatch): AppendResult
  /** Takes the current batch of this id out of what counts; false when there is none. */
  retract(batchId: string): boolean
  /** Interns a name outside of a batch, for consumers. */
  intern(kind: DimensionKind, value: string): number
  count(name: CounterName, by: number): void
  /** The position of the newest entry; 0 = empty. */
  lastSeq(): number
}

/** Prepares every statement of the hot path once on the writing connection. */
export function createLogWriter(db: SqliteDatabase): LogWriter {
  const dimensions = createDimensionWriter(db)
  const signatures = createSignatureWriter(db)
  const insert = db.prepare(`insert or ignore into batches
    (seq, batch_key, run_key, started_at_us, received_at_us, agent_id, environment_id, version_id, model_id,
     signature_id, slowest_tool_id, mode, source, evidence, provisional, revision, size, wall_us, serialization,
     outcome_mask, body)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const current = db.prepare('select seq from batches where batch_key = ? and retracted_by is null').pluck()
  const sameContent = db.prepare(`select 1 from batches where seq = ? and run_key is ? and started_at_us = ?
    and agent_id = ? and environment_id = ? and version_id is ? and model_id is ? and mode is ? and body = ?`)
  const markRetracted = db.prepare('update batches set retracted_by = ? where seq = ?')
  const insertRetraction = db.prepare('insert into retractions (seq, batch_seq) values (?, ?)')
  const bump = db.prepare(
    'insert into counters (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value',
  )
  const readLastSeq = db
    .prepare(
      'select max(coalesce((select max(seq) from batches), 0), coalesce((select max(seq) from retractions), 0))',
    )
    .pluck()
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  const rollback = db.prepare('rollback')
  let lastSeq = readLastSeq.get() as number

  /** What was interned or numbered in a transaction that is gone must be forgotten with it. */
  function abandon(): void {
    if (db.inTransaction) rollback.run()
    dimensions.forget()
    signatures.forget()
    lastSeq = readLastSeq.get() as number
  }

  return {
    transaction(work) {
      begin.run()
      try {
        const result = work()
        commit.run()
        return result
      } catch (error) {
        abandon()
        throw error
      }
    },
    append({ batch, measures, signature }) {
      const row = toRow(batch, measures, dimensions)
      const batchKey = encodeKey(batch.batchId)
      const runKey = batch.runId === null ? null : encodeKey(batch.runId)
      const mode = batch.mode === null ? null : MODES.indexOf(batch.mode)
      const { changes } = insert.run(
        lastSeq + 1,
        batchKey,
        runKey,
        batch.startedAtUs,
        batch.receivedAtUs,
        row.agentId,
        row.environmentId,
        row.versionId,
        row.modelId,
        signatures.intern(signatureParts(signature, dimensions)),
        row.slowestToolId,
        mode,
        SOURCES.indexOf(batch.source),
        EVIDENCE.indexOf(batch.evidence),
        batch.provisional ? 1 : 0,
        batch.revision,
        measures.size,
        measures.wallUs,
        measures.serialization,
        row.outcomeMask,
        row.body,
      )
      if (changes === 1) {
        lastSeq += 1
        return 'added'
      }
      const { agentId, environmentId, versionId, modelId, body } = row
      const same = sameContent.get(
        current.get(batchKey),
        runKey,
        batch.startedAtUs,
        agentId,
        environmentId,
        versionId,
        modelId,
        mode,
        body,
      )
      return same ? 'duplicate' : 'conflict'
    },
    retract(batchId) {
      const found = current.get(encodeKey(batchId)) as number | undefined
      if (found === undefined) return false
      lastSeq += 1
      insertRetraction.run(lastSeq, found)
      markRetracted.run(lastSeq, found)
      return true
    },
    intern: (kind, value) => dimensions.intern(kind, value),
    count(name, by) {
      if (by > 0) bump.run(name, by)
    },
    lastSeq: () => lastSeq,
  }
}

interface DerivedColumns {
  readonly agentId: number
  readonly environmentId: number
  readonly versionId: number | null
  readonly modelId: number | null
  readonly slowestToolId: number | null
  readonly outcomeMask: number
  readonly body: Buffer
}

function toRow(batch: StoredBatch, measures: BatchMeasures, dimensions: DimensionWriter): DerivedColumns {
  const agentId = dimensions.intern('agent', batch.agent)
  const environmentId = dimensions.intern('environment', batch.environment)
  const versionId = batch.version === null ? null : dimensions.intern('version', batch.version)
  const modelId = batch.model === null ? null : dimensions.intern('model', batch.model)
  // Roll-ups are kept by this pair too: it is what the two filters of every page ask for.
  dimensions.intern('agent-environment', agentEnvironmentPair(agentId, environmentId))
  let outcomeMask = 0
  for (const call of batch.calls) outcomeMask |= 1 << OUTCOMES.indexOf(call.outcome)
  const names = overflowNames(batch, { agentId, environmentId, versionId, modelId })
  const slowest = measures.slowest === null ? null : batch.calls[measures.slowest]
  return {
    agentId,
    environmentId,
    versionId,
    modelId,
    slowestToolId: slowest ? dimensions.intern('tool', slowest.tool) : null,
    outcomeMask,
    body: encodeBody({ ...batch, names }, (tool) => dimensions.intern('tool', tool) || tool),
  }
}

function overflowNames(
  batch: StoredBatch,
  ids: { agentId: number; environmentId: number; versionId: number | null; modelId: number | null },
): OverflowNames | null {
  const names: { -readonly [K in keyof OverflowNames]: string } = {}
  if (ids.agentId === OTHER_ID) names.agent = batch.agent
  if (ids.environmentId === OTHER_ID) names.environment = batch.environment
  if (ids.versionId === OTHER_ID) names.version = batch.version ?? OTHER
  if (ids.modelId === OTHER_ID) names.model = batch.model ?? OTHER
  return Object.keys(names).length > 0 ? names : null
}

/** Tools of a full dimension share one id, so their counts are added up. */
function signatureParts(signature: readonly ToolCount[], dimensions: DimensionWriter): SignaturePart[] {
  const parts: SignaturePart[] = []
  let other = 0
  for (const { tool, count } of signature) {
    const toolId = dimensions.intern('tool', tool)
    if (toolId === OTHER_ID) other += count
    else parts.push({ toolId, count })
  }
  if (other > 0) parts.push({ toolId: OTHER_ID, count: other })
  return parts
}
