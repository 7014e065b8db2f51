import { type Exemplar, openExemplarTable } from '#db/derived.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { grainStart } from '#lib/stats/marginals.ts'
import type { Consumer, LogEntry } from './consumer.ts'

/** How many of a tool's slowest calls a day keeps. */
const EXEMPLARS_PER_DAY = 10

/** The batches that started on one day, as they counted just after an entry of the log. */
export type ReadDay = (day: number, asOfSeq: number) => Iterable<LogEntry>

/**
 * The slowest calls of each tool and day. A retraction may take one out whose successor was never kept:
 * then the day is read again from the log as it was at that entry, so that a rebuild comes to the same.
 */
export function createExemplars(db: SqliteDatabase, ids: DimensionIds, readDay: ReadDay): Consumer {
  const table = openExemplarTable(db)
  const kept = new Map<string, { toolId: number; day: number; slowest: Exemplar[] }>()

  function at(toolId: number, day: number) {
    const id = `${toolId}/${day}`
    const known = kept.get(id)
    if (known) return known
    const loaded = { toolId, day, slowest: table.read(toolId, day) }
    kept.set(id, loaded)
    return loaded
  }

  function add({ batch, batchSeq }: LogEntry, onlyTool: number | null): void {
    const day = grainStart('day', batch.startedAtUs)
    for (const [callIndex, call] of batch.calls.entries()) {
      if (call.durationUs === null) continue
      const toolId = ids.tool(call.tool)
      if (onlyTool === null || toolId === onlyTool)
        insert(at(toolId, day).slowest, { durationUs: call.durationUs, batchSeq, callIndex })
    }
  }

  function retract(entry: LogEntry): void {
    const day = grainStart('day', entry.batch.startedAtUs)
    for (const toolId of new Set(entry.batch.calls.map((call) => ids.tool(call.tool)))) {
      const { slowest } = at(toolId, day)
      if (!slowest.some((exemplar) => exemplar.batchSeq === entry.batchSeq)) continue
      slowest.length = 0
      for (const other of readDay(day, entry.seq)) add(other, toolId)
    }
  }

  return {
    name: 'exemplars',
    version: 1,
    apply(entry) {
      if (entry.op === 'add') add(entry, null)
      else retract(entry)
    },
    flush() {
      for (const { toolId, day, slowest } of kept.values()) table.replace(toolId, day, slowest)
      kept.clear()
    },
    discard: () => kept.clear(),
    clear: table.clear,
    get pending() {
      return kept.size
    },
  }
}

/** Keeps the list sorted, slowest first, and short. */
function insert(slowest: Exemplar[], candidate: Exemplar): void {
  const last = slowest[EXEMPLARS_PER_DAY - 1]
  if (last && !isBefore(candidate, last)) return
  const place = slowest.findIndex((exemplar) => isBefore(candidate, exemplar))
  slowest.splice(place === -1 ? slowest.length : place, 0, candidate)
  slowest.length = Math.min(slowest.length, EXEMPLARS_PER_DAY)
}

/** Slower first; ties by place in the log, so that the order is one and the same however it came about. */
function isBefore(a: Exemplar, b: Exemplar): boolean {
  return (b.durationUs - a.durationUs || a.batchSeq - b.batchSeq || a.callIndex - b.callIndex) < 0
}
