import { sql } from 'drizzle-orm'
import {
  blob,
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/** A UUID as its 16 bytes, any other id as text: see ../sqlite/keys.ts. The column has no affinity of its own. */
export const keyColumn = customType<{ data: Uint8Array | string; driverData: Uint8Array | string }>({
  dataType: () => 'blob',
})

/** Names that repeat in almost every batch, interned: agents, environments, versions, models, tools, … */
export const dimensions = sqliteTable(
  'dimensions',
  {
    id: integer().primaryKey(),
    kind: text().notNull(),
    value: text().notNull(),
  },
  (table) => [uniqueIndex('dimensions_value').on(table.kind, table.value)],
)

/** A multiset of tools. `tools` is `toolId*count` joined by commas, in the order of the tools' names. */
export const signatures = sqliteTable(
  'signatures',
  {
    id: integer().primaryKey(),
    tools: text().notNull(),
  },
  (table) => [uniqueIndex('signatures_tools').on(table.tools)],
)

/** Which signatures hold a tool: the index that answers "batches with tool X". */
export const signatureTools = sqliteTable(
  'signature_tools',
  {
    toolId: integer('tool_id').notNull(),
    signatureId: integer('signature_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.toolId, table.signatureId] })],
)

/**
 * The `add` entries of the log: a row a batch, its calls packed into `body`. `seq` is the position in the
 * log, shared with `retractions`; below 0 stand batches that may still change, which are no entries yet. Columns of their own are only what a read filters or sorts by.
 */
export const batches = sqliteTable(
  'batches',
  {
    seq: integer().primaryKey(),
    batchKey: keyColumn('batch_key').notNull(),
    runKey: keyColumn('run_key'),
    startedAtUs: integer('started_at_us').notNull(),
    receivedAtUs: integer('received_at_us').notNull(),
    agentId: integer('agent_id').notNull(),
    environmentId: integer('environment_id').notNull(),
    versionId: integer('version_id'),
    modelId: integer('model_id'),
    signatureId: integer('signature_id').notNull(),
    slowestToolId: integer('slowest_tool_id'),
    mode: integer(),
    source: integer().notNull(),
    evidence: integer().notNull(),
    provisional: integer().notNull(),
    revision: integer().notNull(),
    size: integer().notNull(),
    wallUs: integer('wall_us'),
    serialization: real(),
    /** Bit o is set when some call has outcome o. */
    outcomeMask: integer('outcome_mask').notNull(),
    retractedBy: integer('retracted_by'),
    body: blob({ mode: 'buffer' }).notNull(),
  },
  (table) => [
    uniqueIndex('batches_key').on(table.batchKey).where(sql`retracted_by is null`),
    index('batches_started').on(table.startedAtUs),
    index('batches_run').on(table.runKey).where(sql`run_key is not null`),
    index('batches_signature').on(table.signatureId, table.startedAtUs),
    index('batches_wall').on(table.wallUs),
    index('batches_serialization').on(table.serialization),
    index('batches_size').on(table.size),
  ],
)

/** The `retract` entries of the log: the batch at `batchSeq` no longer counts from `seq` on. */
export const retractions = sqliteTable('retractions', {
  seq: integer().primaryKey(),
  batchSeq: integer('batch_seq').notNull(),
})

/** What the log itself cannot tell, because it was never added to it: duplicates, conflicts, rejections. */
export const counters = sqliteTable('counters', {
  name: text().primaryKey(),
  value: integer().notNull(),
})
