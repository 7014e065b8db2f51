import { integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core'

/**
 * When each version and model of an agent was first and last seen, in event time. Derived from the log. 0 = not
 * known. A row stands as long as any batch of it counts.
 */
export const sightings = sqliteTable(
  'sightings',
  {
    agentId: integer('agent_id').notNull(),
    environmentId: integer('environment_id').notNull(),
    versionId: integer('version_id').notNull(),
    modelId: integer('model_id').notNull(),
    batches: integer().notNull(),
    firstUs: integer('first_us').notNull(),
    lastUs: integer('last_us').notNull(),
  },
  (table) => [primaryKey({ columns: [table.agentId, table.environmentId, table.versionId, table.modelId] })],
)
