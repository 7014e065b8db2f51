import type { StoredBatch } from '#lib/model/batch.ts'
import { EVIDENCE, MODES, SOURCES } from '#lib/model/vocabulary.ts'
import { decodeBody } from '../packed.ts'
import type { DimensionReader } from './dimensions.ts'
import { decodeKey, type Key } from './keys.ts'

/** A row of `batches` as better-sqlite3 returns it. */
export interface BatchRow {
  readonly seq: number
  readonly batch_key: Key
  readonly run_key: Key | null
  readonly started_at_us: number
  readonly received_at_us: number
  readonly agent_id: number
  readonly environment_id: number
  readonly version_id: number | null
  readonly model_id: number | null
  readonly signature_id: number
  readonly mode: number | null
  readonly source: number
  readonly evidence: number
  readonly provisional: number
  readonly revision: number
  readonly retracted_by: number | null
  readonly body: Uint8Array
}

/** The columns of a {@link BatchRow}, for a select list. */
export const BATCH_COLUMNS = `seq, batch_key, run_key, started_at_us, received_at_us, agent_id, environment_id,
  version_id, model_id, signature_id, mode, source, evidence, provisional, revision, retracted_by, body`

/** The batch that a row holds. @throws when the row is not one that this version wrote */
export function decodeBatchRow(row: BatchRow, dimensions: DimensionReader): StoredBatch {
  const body = decodeBody(row.body, dimensions.name)
  const { names, ...content } = body
  return {
    ...content,
    batchId: decodeKey(row.batch_key),
    runId: row.run_key === null ? null : decodeKey(row.run_key),
    agent: names?.agent ?? dimensions.name(row.agent_id),
    environment: names?.environment ?? dimensions.name(row.environment_id),
    version: row.version_id === null ? null : (names?.version ?? dimensions.name(row.version_id)),
    model: row.model_id === null ? null : (names?.model ?? dimensions.name(row.model_id)),
    startedAtUs: row.started_at_us,
    receivedAtUs: row.received_at_us,
    mode: row.mode === null ? null : member(MODES, row.mode),
    source: member(SOURCES, row.source),
    evidence: member(EVIDENCE, row.evidence),
    provisional: row.provisional === 1,
    revision: row.revision,
  }
}

function member<T>(values: readonly T[], code: number): T {
  const value = values[code]
  if (value === undefined) throw new Error(`stored code ${code} is not known to this version`)
  return value
}
