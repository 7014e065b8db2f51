import type { ToolDetail } from '#lib/contract/reads.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'
import { grainStart } from '#lib/stats/marginals.ts'
import type { ReadContext } from './context.ts'
import type { Deadline } from './deadline.ts'
import { type RowFilter, type UsWindow, windowCondition } from './filter.ts'
import { sql } from './sql.ts'
import { walkNewestFirst } from './walk.ts'

const SHOWN = 10
/** Kept calls are looked at in such groups until enough of them pass the filter. */
const GROUP = 100

interface SlowCall {
  readonly seq: number
  readonly callIndex: number
  readonly durationUs: number
}

interface SlowestRequest {
  readonly toolId: number
  /** Of the batches, narrowed to the tool. */
  readonly filter: RowFilter
  readonly window: UsWindow
}

/** Keeps the slowest calls of a tool among the batches that it is shown. */
export interface SlowestCalls {
  addBatch(batch: StoredBatch, seq: number): void
  readonly calls: readonly SlowCall[]
}

export function createSlowestCalls({ ids }: ReadContext, toolId: number): SlowestCalls {
  let slowest: readonly SlowCall[] = []
  return {
    addBatch({ calls }, seq) {
      const fastest = slowest.length < SHOWN ? -1 : (slowest.at(-1)?.durationUs ?? -1)
      const found: SlowCall[] = []
      for (const [callIndex, { durationUs, tool }] of calls.entries()) {
        if (durationUs === null || durationUs < fastest || ids.tool(tool) !== toolId) continue
        found.push({ seq, callIndex, durationUs })
      }
      if (found.length > 0) slowest = merge(slowest, found)
    },
    get calls() {
      return slowest
    },
  }
}

/**
 * The slowest calls of a tool, slowest first: of those that are kept of each day and those that were seen
 * already, and where these do not suffice, because a window or a filter leaves most of them out, of the log
 * as far as the time goes.
 */
export function listSlowestCalls(
  context: ReadContext,
  request: SlowestRequest,
  seen: SlowestCalls,
  deadline: Deadline,
): ToolDetail['slowest_calls'] {
  const kept = listKept(context, request)
  if (merge(kept, seen.calls).length < SHOWN && !deadline.isOver()) {
    const filter = { ...request.filter, window: request.window }
    walkNewestFirst(context, filter, deadline, ({ seq }) => seen.addBatch(context.readBatch(seq), seq))
  }
  return merge(kept, seen.calls).map((slow) => describe(slow, context.readBatch(slow.seq)))
}

function listKept({ queries }: ReadContext, { toolId, filter, window }: SlowestRequest): SlowCall[] {
  const fromDay = window.fromUs === null ? Number.MIN_SAFE_INTEGER : grainStart('day', window.fromUs)
  const toDay = window.toUs === null ? Number.MAX_SAFE_INTEGER : grainStart('day', window.toUs)
  const kept = queries.all<SlowCall>(sql`
    select batch_seq as seq, call_index as callIndex, duration_us as durationUs from exemplars
    where tool_id = ${toolId} and day >= ${fromDay} and day <= ${toDay}
    order by duration_us desc, batch_seq, call_index`)
  const passing: SlowCall[] = []
  for (let i = 0; i < kept.length && passing.length < SHOWN; i += GROUP) {
    const group = kept.slice(i, i + GROUP)
    const rows = queries.all<{ seq: number }>(sql`select seq from batches
      where seq in (select value from json_each(${JSON.stringify(group.map((call) => call.seq))}))
        and ${windowCondition(window)} and ${filter.condition}`)
    const seqs = new Set(rows.map((row) => row.seq))
    passing.push(...group.filter((call) => seqs.has(call.seq)))
  }
  return passing.slice(0, SHOWN)
}

function merge(a: readonly SlowCall[], b: readonly SlowCall[]): SlowCall[] {
  const byPlace = new Map([...a, ...b].map((call) => [`${call.seq}/${call.callIndex}`, call]))
  const sorted = [...byPlace.values()].sort(
    (x, y) => y.durationUs - x.durationUs || x.seq - y.seq || x.callIndex - y.callIndex,
  )
  return sorted.slice(0, SHOWN)
}

function describe(
  { callIndex, durationUs }: SlowCall,
  batch: StoredBatch,
): ToolDetail['slowest_calls'][number] {
  const call = batch.calls[callIndex] as Call
  return {
    batch_id: batch.batchId,
    call_id: call.callId,
    started_at: (batch.startedAtUs + (call.startUs ?? 0)) / 1000,
    duration_ms: durationUs / 1000,
    outcome: call.outcome,
    agent: batch.agent,
  }
}
