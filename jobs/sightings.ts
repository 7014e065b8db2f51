import { openSightingTable, type SightingKey } from '#db/sightings.ts'
import type { DimensionIds } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { type Consumer, type LogEntry, timesOf } from './consumer.ts'

interface Gathered {
  readonly key: SightingKey
  batches: number
  firstUs: number
  lastUs: number
}

/**
 * When each version and model of an agent was first and last seen. A retraction takes the batch out of the
 * count; the bounds stay while any batch is left, because what is retracted is nearly always told again.
 */
export function createSightings(db: SqliteDatabase, ids: DimensionIds): Consumer {
  const table = openSightingTable(db)
  const gathered = new Map<string, Gathered>()

  function at(key: SightingKey): Gathered {
    const id = `${key.agentId}/${key.environmentId}/${key.versionId}/${key.modelId}`
    const known = gathered.get(id)
    if (known !== undefined) return known
    const loaded = { key, ...(table.read(key) ?? NEVER) }
    gathered.set(id, loaded)
    return loaded
  }

  return {
    name: 'sightings',
    version: 1,
    apply(entry) {
      const sighting = at(keyOf(entry, ids))
      sighting.batches += timesOf(entry)
      if (sighting.batches === 0) Object.assign(sighting, NEVER)
      else if (entry.op === 'add') {
        sighting.firstUs = Math.min(sighting.firstUs, entry.batch.startedAtUs)
        sighting.lastUs = Math.max(sighting.lastUs, entry.batch.startedAtUs)
      }
    },
    flush() {
      for (const { key, ...sighting } of gathered.values())
        table.write(key, sighting.batches === 0 ? null : sighting)
      gathered.clear()
    },
    discard: () => gathered.clear(),
    clear: table.clear,
    get pending() {
      return gathered.size
    },
  }
}

const NEVER = { batches: 0, firstUs: Number.POSITIVE_INFINITY, lastUs: Number.NEGATIVE_INFINITY } as const

function keyOf({ batch }: LogEntry, ids: DimensionIds): SightingKey {
  return {
    agentId: ids.ofBatch(batch, 'agent'),
    environmentId: ids.ofBatch(batch, 'environment'),
    versionId: ids.ofBatch(batch, 'version'),
    modelId: ids.ofBatch(batch, 'model'),
  }
}
