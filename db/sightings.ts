import type { SqliteDatabase } from './sqlite/open.ts'

/** A version and a model of an agent in an environment, by their ids; 0 = not known. */
export interface SightingKey {
  readonly agentId: number
  readonly environmentId: number
  readonly versionId: number
  readonly modelId: number
}

/** How many batches there were, and the starts of the first and the last. */
export interface Sighting {
  readonly batches: number
  readonly firstUs: number
  readonly lastUs: number
}

/** When each version and model of an agent was seen, as its consumer writes it. */
export interface SightingTable {
  read(key: SightingKey): Sighting | null
  /** Null deletes. */
  write(key: SightingKey, sighting: Sighting | null): void
  clear(): void
}

export function openSightingTable(db: SqliteDatabase): SightingTable {
  const where = 'agent_id = ? and environment_id = ? and version_id = ? and model_id = ?'
  const read = db.prepare(
    `select batches, first_us as firstUs, last_us as lastUs from sightings where ${where}`,
  )
  const remove = db.prepare(`delete from sightings where ${where}`)
  const write = db.prepare(`insert or replace into sightings
    (agent_id, environment_id, version_id, model_id, batches, first_us, last_us) values (?, ?, ?, ?, ?, ?, ?)`)
  const clear = db.prepare('delete from sightings')
  const idsOf = (key: SightingKey) => [key.agentId, key.environmentId, key.versionId, key.modelId]
  return {
    read: (key) => (read.get(...idsOf(key)) as Sighting | undefined) ?? null,
    write(key, sighting) {
      if (sighting === null) remove.run(...idsOf(key))
      else write.run(...idsOf(key), sighting.batches, sighting.firstUs, sighting.lastUs)
    },
    clear: () => void clear.run(),
  }
}
