import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What batches of a day say of each two tools of an agent (lib/coupling/observe-pairs.ts). Derived. */
export const toolPairs = sqliteTable(
  'tool_pairs',
  {
    day: integer().notNull(),
    agentId: integer('agent_id').notNull(),
    environmentId: integer('environment_id').notNull(),
    /** The first in the alphabet; the same as the second for a tool alone. */
    firstId: integer('first_id').notNull(),
    secondId: integer('second_id').notNull(),
    /** The counts as variable-length integers. */
    counts: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.day, table.agentId, table.environmentId, table.firstId, table.secondId],
    }),
  ],
)

/** The resources that a tool named, by the first part of their path. Derived. */
export const toolResources = sqliteTable(
  'tool_resources',
  {
    toolId: integer('tool_id').notNull(),
    root: text().notNull(),
    calls: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.toolId, table.root] })],
)

/** What persons answered of a tool, append-only: the last answer to a question counts. No rebuild touches it. */
export const toolMarks = sqliteTable('tool_marks', {
  id: integer().primaryKey(),
  tool: text().notNull(),
  question: text({ enum: ['atomic', 'idempotent', 'independent'] }).notNull(),
  /** Null takes an answer back. */
  answer: text({ enum: ['yes', 'no'] }),
  note: text(),
  by: text().notNull(),
  atUs: integer('at_us').notNull(),
})
