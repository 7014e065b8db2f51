import type { BatchDetail } from '#lib/contract/reads.ts'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from '../sqlite/batch-row.ts'
import { decodeKey, encodeKey, type Key } from '../sqlite/keys.ts'
import type { ReadContext } from './context.ts'
import { listAlertsAround } from './list-alerts-around.ts'
import { findNeighbours } from './neighbours.ts'
import { raw, sql } from './sql.ts'
import { describeUsual } from './tool-context.ts'
import { toWireBatch } from './wire-batch.ts'

/** Batches of the same signature beside which a batch is shown. */
const SAME_SIGNATURE = 60
/** Rows of the signature looked at for them: those of which no call ran say nothing. */
const SAME_SIGNATURE_ROWS = 600

/** A batch that was merged into another may have been merged further since. */
const SUPERSEDED_HOPS = 16

/**
 * One batch with all of its calls, and where it stands. An id that is gone is answered with the batch that holds
 * its calls now; null when no batch has it or had it.
 */
export function getBatch(context: ReadContext, batchId: string, nowMs: number): BatchDetail | null {
  const found = findCurrent(context, batchId)
  if (found === null) return null
  const { row, isSuccessor } = found
  const batch = decodeBatchRow(row, context.dimensions)
  const wire = toWireBatch(batch)
  return {
    ...wire,
    superseded_by: isSuccessor ? wire.batch_id : null,
    context: {
      ...findNeighbours(context, row),
      ...describeUsual(context, batch, wire.size),
      recent_same_signature: listSameSignature(context, row),
      alerts: listAlertsAround(context, batch, nowMs),
    },
  }
}

function findCurrent(
  { queries }: ReadContext,
  batchId: string,
): { readonly row: BatchRow; readonly isSuccessor: boolean } | null {
  let key = encodeKey(batchId)
  for (let hops = 0; hops < SUPERSEDED_HOPS; hops++) {
    const row = queries.get<BatchRow>(sql`select ${raw(BATCH_COLUMNS)} from batches
      where batch_key = ${key} and retracted_by is null`)
    if (row !== undefined) return { row, isSuccessor: hops > 0 }
    const gone = queries.get<{ by_key: Key | null }>(
      sql`select by_key from superseded where batch_key = ${key}`,
    )
    if (gone === undefined || gone.by_key === null) return null
    key = gone.by_key
  }
  return null
}

/** The latest batches of the same tools up to this one, itself included, newest first. */
function listSameSignature(
  { queries }: ReadContext,
  row: BatchRow,
): BatchDetail['context']['recent_same_signature'] {
  const rows = queries.all<{ batch_key: Key; started_at_us: number; wall_us: number }>(sql`
    select batch_key, started_at_us, wall_us from (
      select seq, batch_key, started_at_us, wall_us, retracted_by from batches indexed by batches_signature
      where signature_id = ${row.signature_id} and (started_at_us, seq) <= (${row.started_at_us}, ${row.seq})
      order by started_at_us desc, seq desc limit ${SAME_SIGNATURE_ROWS})
    where retracted_by is null and wall_us is not null limit ${SAME_SIGNATURE}`)
  return rows.map(({ batch_key, started_at_us, wall_us }) => ({
    batch_id: decodeKey(batch_key),
    started_at: started_at_us / 1000,
    wall_ms: wall_us / 1000,
  }))
}
