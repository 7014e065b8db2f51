import type { BatchContext } from '#lib/contract/reads.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeSignature, formatSignature } from '#lib/intervals/signature.ts'
import type { ReadContext } from './context.ts'
import { joinSql, raw, type Sql, sql } from './sql.ts'
import { toMs } from './wire-batch.ts'

/** Batches of one run, or of one agent, among which the neighbour is looked for on each side. */
const RUN_ROWS = 200
const AGENT_ROWS = 2_000

/** What places a batch among others. */
export interface BatchPlace {
  readonly seq: number
  readonly run_key: Uint8Array | string | null
  readonly started_at_us: number
  readonly agent_id: number
}

type Neighbours = Pick<BatchContext, 'previous_batch_id' | 'next_batch_id' | 'turn_before' | 'turn_after'>

/** The batches just before and after one: of its run, else of its agent. Turns are said of a run alone. */
export function findNeighbours(context: ReadContext, place: BatchPlace): Neighbours {
  const isInRun = place.run_key !== null
  const [before, after] = isInRun ? inRun(context, place) : ofAgent(context, place)
  const turnBefore = before === null ? null : describeTurn(context, before)
  const turnAfter = after === null ? null : describeTurn(context, after)
  return {
    previous_batch_id: turnBefore?.batch_id ?? null,
    next_batch_id: turnAfter?.batch_id ?? null,
    turn_before: isInRun ? turnBefore : null,
    turn_after: isInRun ? turnAfter : null,
  }
}

function describeTurn(context: ReadContext, seq: number): NonNullable<BatchContext['turn_before']> {
  const batch = context.readBatch(seq)
  return {
    batch_id: batch.batchId,
    turn: batch.turn,
    signature: formatSignature(computeSignature(batch.calls)),
    wall_ms: toMs(measureBatch(batch).wallUs),
  }
}

/**
 * The index of runs is in the order of arrival, which is nearly that of the starts: the neighbours are
 * looked for among the rows that arrived next to this one, however long the run is.
 */
function inRun(
  { queries }: ReadContext,
  { run_key: run, seq, started_at_us: startedAtUs }: BatchPlace,
): Pair {
  const arrived = (side: Sql) => sql`select * from (select seq, started_at_us, retracted_by from batches
    indexed by batches_run where run_key = ${run} and seq ${side} limit ${RUN_ROWS})`
  const near = joinSql(
    [arrived(sql`< ${seq} order by seq desc`), arrived(sql`> ${seq} order by seq`)],
    ' union all ',
  )
  const find = (side: string, order: string) =>
    queries.get<{ seq: number }>(sql`select seq from (${near}) where retracted_by is null
      and (started_at_us, seq) ${raw(side)} (${startedAtUs}, ${seq})
      order by started_at_us ${raw(order)}, seq ${raw(order)} limit 1`)?.seq ?? null
  return [find('<', 'desc'), find('>', 'asc')]
}

function ofAgent(
  { queries }: ReadContext,
  { agent_id: agentId, seq, started_at_us: startedAtUs }: BatchPlace,
): Pair {
  const find = (side: string, order: string) =>
    queries.get<{ seq: number }>(sql`select seq from (
        select seq, agent_id, retracted_by from batches indexed by batches_started
        where (started_at_us, seq) ${raw(side)} (${startedAtUs}, ${seq})
        order by started_at_us ${raw(order)}, seq ${raw(order)} limit ${AGENT_ROWS})
      where agent_id = ${agentId} and retracted_by is null limit 1`)?.seq ?? null
  return [find('<', 'desc'), find('>', 'asc')]
}

/** Positions of the batch before and of the one after; null where there is none. */
type Pair = [before: number | null, after: number | null]
