import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/*
 * Everything here is derived from the log and can be dropped and rebuilt from it, byte for byte.
 */

/** How far each consumer has followed the log. Written in the transaction of what it derived. */
export const consumers = sqliteTable('consumers', {
  name: text().primaryKey(),
  cursor: integer().notNull(),
  /** Of the derived layout: a consumer that finds another version starts over. */
  version: integer().notNull(),
})

/** Encoded ToolStats (lib/stats/tool-stats.ts) of one tool, one value of a marginal, one hour or day. */
export const toolStats = sqliteTable(
  'tool_stats',
  {
    marginal: integer().notNull(),
    grain: integer().notNull(),
    toolId: integer('tool_id').notNull(),
    start: integer().notNull(),
    key: integer().notNull(),
    stats: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.marginal, table.grain, table.toolId, table.start, table.key] })],
)

/** Encoded BatchStats (lib/stats/batch-stats.ts) of one value of a marginal, one hour or day. */
export const batchStats = sqliteTable(
  'batch_stats',
  {
    marginal: integer().notNull(),
    grain: integer().notNull(),
    start: integer().notNull(),
    key: integer().notNull(),
    stats: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.marginal, table.grain, table.start, table.key] })],
)

/** How often each effect was declared for a tool; the tool's effect is the most frequent one. */
export const toolEffects = sqliteTable(
  'tool_effects',
  {
    toolId: integer('tool_id').notNull(),
    effect: integer().notNull(),
    calls: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.toolId, table.effect] })],
)

/** The slowest calls of a tool on one day: pointers into the log. */
export const exemplars = sqliteTable(
  'exemplars',
  {
    toolId: integer('tool_id').notNull(),
    day: integer().notNull(),
    durationUs: integer('duration_us').notNull(),
    batchSeq: integer('batch_seq').notNull(),
    callIndex: integer('call_index').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.toolId, table.day, table.durationUs, table.batchSeq, table.callIndex] }),
  ],
)
