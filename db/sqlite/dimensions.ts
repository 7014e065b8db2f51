import type { StoredBatch } from '#lib/model/batch.ts'
import { OTHER } from '#lib/model/vocabulary.ts'
import type { SqliteDatabase } from './open.ts'

/** What is interned, with the number of values each kind may hold: past it a name goes under `__other__`. */
export const DIMENSION_LIMITS = {
  agent: 2_000,
  environment: 200,
  version: 20_000,
  model: 2_000,
  tool: 10_000,
  /** Pairs `agentId/environmentId`: the marginal behind the two filters of the top bar. */
  'agent-environment': 20_000,
} as const
export type DimensionKind = keyof typeof DIMENSION_LIMITS

/** Id of the reserved value `__other__` of every kind. */
export const OTHER_ID = 0

/** The value of the dimension `agent-environment` for two ids. */
export function agentEnvironmentPair(agentId: number, environmentId: number): string {
  return `${agentId}/${environmentId}`
}

/**
 * The writer's side of the dimension table: gives each name its id, adding it when it is new. Must be
 * called inside a transaction; after a rollback call `forget`, since ids given in it are gone.
 */
export interface DimensionWriter {
  /** The id of a name, or {@link OTHER_ID} when its kind is full. */
  intern(kind: DimensionKind, value: string): number
  forget(): void
}

export function createDimensionWriter(db: SqliteDatabase): DimensionWriter {
  const insert = db.prepare('insert into dimensions (kind, value) values (?, ?) returning id').pluck()
  const load = db.prepare('select id, kind, value from dimensions')
  /** Null after a rollback: read again when next needed, because the storage may be at fault just then. */
  let ids: Map<DimensionKind, Map<string, number>> | null = readAll()

  function readAll(): Map<DimensionKind, Map<string, number>> {
    const byKind = new Map<DimensionKind, Map<string, number>>()
    for (const kind of Object.keys(DIMENSION_LIMITS) as DimensionKind[]) byKind.set(kind, new Map())
    for (const row of load.all() as { id: number; kind: DimensionKind; value: string }[]) {
      byKind.get(row.kind)?.set(row.value, row.id)
    }
    return byKind
  }

  return {
    intern(kind, value) {
      ids ??= readAll()
      const known = ids.get(kind) as Map<string, number>
      const id = known.get(value)
      if (id !== undefined) return id
      if (known.size >= DIMENSION_LIMITS[kind]) return OTHER_ID
      const added = insert.get(kind, value) as number
      known.set(value, added)
      return added
    },
    forget() {
      ids = null
    },
  }
}

/** A reader's side: names by id and ids by name, read again when an id is not known yet. */
export interface DimensionReader {
  name(id: number): string
  /** Ids of those names that exist; unknown names have none. */
  ids(kind: DimensionKind, values: readonly string[]): number[]
  /** Every name of a kind with its id. */
  all(kind: DimensionKind): { id: number; value: string }[]
}

export function createDimensionReader(db: SqliteDatabase): DimensionReader {
  const byId = db.prepare('select value from dimensions where id = ?').pluck()
  const byValue = db.prepare('select id from dimensions where kind = ? and value = ?').pluck()
  const byKind = db.prepare('select id, value from dimensions where kind = ? order by id')
  const names = new Map<number, string>([[OTHER_ID, OTHER]])
  return {
    name(id) {
      const known = names.get(id)
      if (known !== undefined) return known
      const value = byId.get(id) as string | undefined
      if (value === undefined) throw new Error(`dimension ${id} is referenced but not stored`)
      names.set(id, value)
      return value
    },
    ids(kind, values) {
      const ids = values.map((value) => byValue.get(kind, value) as number | undefined)
      return ids.filter((id) => id !== undefined)
    },
    all(kind) {
      return byKind.all(kind) as { id: number; value: string }[]
    },
  }
}

/** Ids of the names in stored batches, for consumers. A name of a full dimension has {@link OTHER_ID}. */
export interface DimensionIds {
  tool(name: string): number
  /** The id under which a batch counts; 0 where it has no such name, or one that found no room. */
  ofBatch(
    batch: BatchNames,
    kind: 'agent' | 'environment' | 'version' | 'model' | 'agent-environment',
  ): number
}

type BatchNames = Pick<StoredBatch, 'agent' | 'environment' | 'version' | 'model'>

export function createDimensionIds(db: SqliteDatabase): DimensionIds {
  const find = db.prepare('select id from dimensions where kind = ? and value = ?').pluck()
  const known = new Map<DimensionKind, Map<string, number>>()
  for (const kind of Object.keys(DIMENSION_LIMITS) as DimensionKind[]) known.set(kind, new Map())

  function id(kind: DimensionKind, value: string): number {
    const ids = known.get(kind) as Map<string, number>
    const cached = ids.get(value)
    if (cached !== undefined) return cached
    const found = (find.get(kind, value) as number | undefined) ?? OTHER_ID
    // A missing name may still be added, so only what was found is remembered.
    if (found !== OTHER_ID) ids.set(value, found)
    return found
  }

  return {
    tool: (name) => id('tool', name),
    ofBatch(batch, kind) {
      if (kind === 'agent-environment') {
        return id(kind, agentEnvironmentPair(id('agent', batch.agent), id('environment', batch.environment)))
      }
      const value = batch[kind]
      return value === null ? OTHER_ID : id(kind, value)
    },
  }
}
