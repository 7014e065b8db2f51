import type { Run, WireBatch } from '#lib/contract/reads.ts'
import { encodeKey } from '../sqlite/keys.ts'
import type { ReadContext } from './context.ts'
import { sql } from './sql.ts'
import { LIST_CALLS, toWireBatch } from './wire-batch.ts'

/** A run is answered whole up to this many batches; past it, with the first that arrived. */
const RUN_BATCHES = 1_000

/** The turns of a run in order, each with its batches by start; null when no batch names this run. */
export function listRun(context: ReadContext, runId: string): Run | null {
  const batches = context.readBatches(sql`indexed by batches_run
    where run_key = ${encodeKey(runId)} and retracted_by is null order by seq limit ${RUN_BATCHES + 1}`)
  if (batches.length === 0) return null
  const shown = batches.slice(0, RUN_BATCHES).map((batch) => toWireBatch(batch, LIST_CALLS))
  return { run_id: runId, turns: groupTurns(shown), truncated: batches.length > RUN_BATCHES }
}

/** A batch that tells no turn is one of its own, placed by its start among those of its kind, at the end. */
function groupTurns(batches: WireBatch[]): Run['turns'] {
  const turnOf = ({ turn }: WireBatch) => turn ?? Number.POSITIVE_INFINITY
  const sorted = batches.sort(
    (a, b) => (turnOf(a) === turnOf(b) ? 0 : turnOf(a) - turnOf(b)) || a.started_at - b.started_at,
  )
  const turns: Run['turns'] = []
  for (const batch of sorted) {
    const last = turns.at(-1)
    if (last && batch.turn !== null && last.turn === batch.turn) {
      last.batches.push(batch)
      last.model_ms ??= batch.model_ms
    } else turns.push({ turn: batch.turn, model_ms: batch.model_ms, batches: [batch] })
  }
  return turns
}
