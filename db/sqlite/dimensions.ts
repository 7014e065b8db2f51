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
  let ids = readAll()

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
      const known = ids.get(kind) as Map<string, number>
      const id = known.get(value)
      if (id !== undefined) return id
      if (known.size >= DIMENSION_LIMITS[kind]) return OTHER_ID
      const added = insert.get(kind, value) as number
      known.set(value, added)
      return added
    },
    forget() {
      ids = readAll()
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
