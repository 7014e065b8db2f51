import type { SqliteDatabase } from './sqlite/open.ts'

/*
 * The derived tables as their consumers write them. Every statement is prepared once: a flush writes
 * hundreds of rows.
 */

/** Where consumers keep how far they have come. */
export interface CursorTable {
  read(name: string): { cursor: number; version: number } | null
  write(name: string, cursor: number, version: number): void
}

export function openCursorTable(db: SqliteDatabase): CursorTable {
  const read = db.prepare('select cursor, version from consumers where name = ?')
  const write = db.prepare(
    'insert into consumers (name, cursor, version) values (?, ?, ?) on conflict (name) do update set cursor = excluded.cursor, version = excluded.version',
  )
  return {
    read: (name) => (read.get(name) as { cursor: number; version: number } | undefined) ?? null,
    write: (name, cursor, version) => void write.run(name, cursor, version),
  }
}

/** Where an aggregate stands within its marginal: `start` counts grains since the epoch. */
export interface StatsCell {
  readonly grain: number
  readonly toolId: number
  readonly start: number
  readonly key: number
}

/** Encoded aggregates of one marginal. */
export interface StatsTable {
  read(cell: StatsCell): Uint8Array | null
  /** Null deletes: an aggregate without content leaves no row, so that it equals one that never was. */
  write(cell: StatsCell, stats: Uint8Array | null): void
  clear(): void
}

/** Aggregates of tools under the marginal with this code. */
export function openToolStatsTable(db: SqliteDatabase, marginal: number): StatsTable {
  const where = 'marginal = ? and grain = ? and tool_id = ? and start = ? and key = ?'
  const read = db.prepare(`select stats from tool_stats where ${where}`).pluck()
  const remove = db.prepare(`delete from tool_stats where ${where}`)
  const write = db.prepare(
    'insert or replace into tool_stats (marginal, grain, tool_id, start, key, stats) values (?, ?, ?, ?, ?, ?)',
  )
  const clear = db.prepare('delete from tool_stats where marginal = ?')
  return {
    read: ({ grain, toolId, start, key }) =>
      (read.get(marginal, grain, toolId, start, key) as Uint8Array | undefined) ?? null,
    write({ grain, toolId, start, key }, stats) {
      if (stats === null) remove.run(marginal, grain, toolId, start, key)
      else write.run(marginal, grain, toolId, start, key, stats)
    },
    clear: () => void clear.run(marginal),
  }
}

/** Aggregates of batches under the marginal with this code; their cells have no tool. */
export function openBatchStatsTable(db: SqliteDatabase, marginal: number): StatsTable {
  const where = 'marginal = ? and grain = ? and start = ? and key = ?'
  const read = db.prepare(`select stats from batch_stats where ${where}`).pluck()
  const remove = db.prepare(`delete from batch_stats where ${where}`)
  const write = db.prepare(
    'insert or replace into batch_stats (marginal, grain, start, key, stats) values (?, ?, ?, ?, ?)',
  )
  const clear = db.prepare('delete from batch_stats where marginal = ?')
  return {
    read: ({ grain, start, key }) =>
      (read.get(marginal, grain, start, key) as Uint8Array | undefined) ?? null,
    write({ grain, start, key }, stats) {
      if (stats === null) remove.run(marginal, grain, start, key)
      else write.run(marginal, grain, start, key, stats)
    },
    clear: () => void clear.run(marginal),
  }
}

/** How often each effect was declared for each tool. */
export interface EffectTable {
  /** Adds to a count; a count that comes to 0 leaves no row. */
  add(toolId: number, effect: number, calls: number): void
  clear(): void
}

export function openEffectTable(db: SqliteDatabase): EffectTable {
  const add = db.prepare(`insert into tool_effects (tool_id, effect, calls) values (?, ?, ?)
    on conflict (tool_id, effect) do update set calls = calls + excluded.calls`)
  const prune = db.prepare('delete from tool_effects where tool_id = ? and effect = ? and calls = 0')
  const clear = db.prepare('delete from tool_effects')
  return {
    add(toolId, effect, calls) {
      add.run(toolId, effect, calls)
      if (calls < 0) prune.run(toolId, effect)
    },
    clear: () => void clear.run(),
  }
}

/** A call among the slowest of its tool on its day. */
export interface Exemplar {
  readonly durationUs: number
  readonly batchSeq: number
  readonly callIndex: number
}

/** The slowest calls of each tool and day. */
export interface ExemplarTable {
  /** Slowest first; ties by place in the log. */
  read(toolId: number, day: number): Exemplar[]
  replace(toolId: number, day: number, exemplars: readonly Exemplar[]): void
  clear(): void
}

export function openExemplarTable(db: SqliteDatabase): ExemplarTable {
  const read =
    db.prepare(`select duration_us as durationUs, batch_seq as batchSeq, call_index as callIndex from exemplars
    where tool_id = ? and day = ? order by duration_us desc, batch_seq, call_index`)
  const remove = db.prepare('delete from exemplars where tool_id = ? and day = ?')
  const insert = db.prepare(
    'insert into exemplars (tool_id, day, duration_us, batch_seq, call_index) values (?, ?, ?, ?, ?)',
  )
  const clear = db.prepare('delete from exemplars')
  return {
    read: (toolId, day) => read.all(toolId, day) as Exemplar[],
    replace(toolId, day, exemplars) {
      remove.run(toolId, day)
      for (const { durationUs, batchSeq, callIndex } of exemplars)
        insert.run(toolId, day, durationUs, batchSeq, callIndex)
    },
    clear: () => void clear.run(),
  }
}
