import { openEffectTable } from '#db/derived.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { EFFECTS } from '#lib/model/vocabulary.ts'
import { type Consumer, timesOf } from './consumer.ts'

/** How often each effect was declared for each tool. */
export function createEffects(db: SqliteDatabase, ids: DimensionIds): Consumer {
  const table = openEffectTable(db)
  /** Changes by `toolId * EFFECTS.length + effect`. */
  const changes = new Map<number, number>()
  return {
    name: 'effects',
    version: 1,
    apply(entry) {
      for (const call of entry.batch.calls) {
        const key = ids.tool(call.tool) * EFFECTS.length + EFFECTS.indexOf(call.effect)
        changes.set(key, (changes.get(key) ?? 0) + timesOf(entry))
      }
    },
    flush() {
      for (const [key, calls] of changes) {
        if (calls !== 0) table.add(Math.floor(key / EFFECTS.length), key % EFFECTS.length, calls)
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
