import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { keyColumn } from './log.ts'

/*
 * The span buffer: what came over OTLP, kept until nothing can change the batches that it tells of. See
 * docs/adr/0012.
 */

/** What a span says of an agent's turn; of a span that was told twice, the fuller telling. */
export const spans = sqliteTable(
  'spans',
  {
    id: integer().primaryKey(),
    /** Trace id and span id, 24 bytes. */
    spanKey: blob('span_key', { mode: 'buffer' }).notNull(),
    component: integer().notNull(),
    /** JSON: ingest/spans/facts-text.ts. */
    facts: text().notNull(),
  },
  (table) => [uniqueIndex('spans_key').on(table.spanKey), index('spans_component').on(table.component)],
)

/** What spans share with those they must be assembled with: traces, conversations, call ids. */
export const spanKeys = sqliteTable(
  'span_keys',
  {
    key: text().primaryKey(),
    component: integer().notNull(),
  },
  (table) => [index('span_keys_component').on(table.component)],
)

/** Spans that must be assembled together. One that was taken in by another has a parent and no spans. */
export const components = sqliteTable(
  'components',
  {
    id: integer().primaryKey(),
    parent: integer(),
    spans: integer().notNull(),
    bytes: integer().notNull(),
    /** Whether a dialect has read any of its spans. */
    isRecognised: integer('is_recognised').notNull(),
    /** When a span came that has not been assembled yet; null = none. Epoch ms by the server's clock. */
    dirtySinceMs: integer('dirty_since_ms'),
    lastSpanMs: integer('last_span_ms').notNull(),
  },
  (table) => [
    index('components_parent').on(table.parent),
    index('components_dirty').on(table.dirtySinceMs),
    index('components_last').on(table.lastSpanMs),
  ],
)

/** What was last said of each batch of the buffer, live or in the log. */
export const assembled = sqliteTable(
  'assembled',
  {
    batchKey: keyColumn('batch_key').primaryKey(),
    component: integer().notNull(),
    /** Position in db/assembled.ts BATCH_STATES. */
    state: integer().notNull(),
    /** How often it came to the log. */
    revision: integer().notNull(),
    /** Of its content in `batches` while that waits to be final. */
    position: integer(),
    /** Of its content as last assembled. */
    contentHash: blob('content_hash', { mode: 'buffer' }).notNull(),
    /** Keys of its spans, joined by spaces. */
    spans: text().notNull(),
    firstReceivedUs: integer('first_received_us').notNull(),
    changedMs: integer('changed_ms').notNull(),
  },
  (table) => [
    index('assembled_component').on(table.component),
    index('assembled_waiting').on(table.state, table.changedMs),
  ],
)

/** Batches that are gone because later spans grouped their calls otherwise. */
export const superseded = sqliteTable('superseded', {
  batchKey: keyColumn('batch_key').primaryKey(),
  /** The batch that holds most of its spans; null = none does. */
  byKey: keyColumn('by_key'),
  atMs: integer('at_ms').notNull(),
})

/** What senders have exported, by dialect, and by what unread spans call themselves. */
export const spanReceipts = sqliteTable(
  'span_receipts',
  {
    id: integer().primaryKey(),
    /** Empty for spans that no dialect could read. */
    dialect: text().notNull(),
    scope: text().notNull(),
    spanName: text('span_name').notNull(),
    /** JSON: attributes of which any would have made it readable. */
    missing: text().notNull(),
    spans: integer().notNull(),
    lastSeenMs: integer('last_seen_ms').notNull(),
  },
  (table) => [uniqueIndex('span_receipts_what').on(table.dialect, table.scope, table.spanName)],
)

/** Random values that this store alone knows, such as the key of fingerprints. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  value: text().notNull(),
})
