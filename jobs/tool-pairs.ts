import { openPairTable, openResourceTable, type PairCell } from '#db/coupling.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import {
  createPairCounts,
  observePairs,
  PAIR_COUNTERS,
  type PairCounts,
} from '#lib/coupling/observe-pairs.ts'
import { addEncodedPairCounts, encodePairCounts } from '#lib/coupling/pair-codec.ts'
import { OTHER } from '#lib/model/vocabulary.ts'
import { grainStart } from '#lib/stats/marginals.ts'
import { type Consumer, timesOf } from './consumer.ts'

/** What each two tools of an agent do to each other, by day. */
export function createToolPairs(db: SqliteDatabase, ids: DimensionIds): Consumer {
  const table = openPairTable(db)
  const changes = new Map<string, { cell: PairCell; counts: PairCounts }>()

  function at(cell: PairCell): PairCounts {
    const id = `${cell.day}/${cell.agentId}/${cell.environmentId}/${cell.firstId}/${cell.secondId}`
    const known = changes.get(id)
    if (known !== undefined) return known.counts
    const counts = createPairCounts()
    changes.set(id, { cell, counts })
    return counts
  }

  return {
    name: 'tool-pairs',
    version: 1,
    apply(entry) {
      const { batch } = entry
      const scope = {
        day: grainStart('day', batch.startedAtUs),
        agentId: ids.ofBatch(batch, 'agent'),
        environmentId: ids.ofBatch(batch, 'environment'),
      }
      for (const { first, second, counts } of observePairs(batch.calls)) {
        const sums = at({ ...scope, firstId: ids.tool(first), secondId: ids.tool(second) })
        for (const name of PAIR_COUNTERS) sums[name] += timesOf(entry) * counts[name]
      }
    },
    flush() {
      for (const { cell, counts } of changes.values()) {
        const before = table.read(cell)
        if (before !== null) addEncodedPairCounts(counts, before)
        table.write(cell, encodePairCounts(counts))
      }
      changes.clear()
    },
    discard: () => changes.clear(),
    clear: table.clear,
    get pending() {
      return changes.size
    },
  }
}

/** Roots of a tool with a row of their own; what comes later is counted together. */
const MAX_ROOTS = 50

/** Which resources each tool names. */
export function createToolResources(db: SqliteDatabase, ids: DimensionIds): Consumer {
  const table = openResourceTable(db)
  const known = new Map<number, Set<string>>()
  const changes = new Map<number, Map<string, number>>()
  let pending = 0

  function placeOf(toolId: number, root: string): string {
    const roots = known.get(toolId) ?? new Set(table.list(toolId))
    known.set(toolId, roots)
    if (!roots.has(root) && roots.size >= MAX_ROOTS) return OTHER
    roots.add(root)
    return root
  }

  function discard(): void {
    known.clear()
    changes.clear()
    pending = 0
  }

  return {
    name: 'tool-resources',
    version: 1,
    apply(entry) {
      for (const call of entry.batch.calls) {
        const toolId = ids.tool(call.tool)
        for (const root of new Set(call.resources.map(rootOf))) {
          const place = placeOf(toolId, root)
          const counts = changes.get(toolId) ?? new Map<string, number>()
          changes.set(toolId, counts)
          if (!counts.has(place)) pending++
          counts.set(place, (counts.get(place) ?? 0) + timesOf(entry))
        }
      }
    },
    flush() {
      for (const [toolId, counts] of changes)
        for (const [root, calls] of counts) table.add(toolId, root, calls)
      changes.clear()
      pending = 0
    },
    discard,
    clear: table.clear,
    get pending() {
      return pending
    },
  }
}

function rootOf(resource: string): string {
  return resource.split('/').find((part) => part !== '') ?? '/'
}
