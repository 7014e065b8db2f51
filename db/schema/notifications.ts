import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CHANNEL_FORMATS, DELIVERY_STATUSES } from '#lib/contract/channels.ts'

/*
 * Where alerts are told, and what was told. None of it is derived: a rebuild finds its alerts told already.
 */

export const channels = sqliteTable('channels', {
  id: text().primaryKey(),
  name: text().notNull(),
  format: text({ enum: CHANNEL_FORMATS }).notNull(),
  url: text().notNull(),
  /** `whsec_…`; null for formats that are not signed. Needed whole to sign with. */
  secret: text(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  /** JSON: events, kinds, agents and environments that are told. */
  filter: text().notNull(),
  createdUs: integer('created_us').notNull(),
})

/** An event of an alert that a channel has been, or is about to be, told: once. */
export const notifications = sqliteTable(
  'notifications',
  {
    channelId: text('channel_id').notNull(),
    alertId: text('alert_id').notNull(),
    event: text({ enum: ['opened', 'reopened', 'recovered'] }).notNull(),
    /** Position in the log of the event: an alert may come back. */
    seq: integer().notNull(),
    /** Server time at which it was noticed. */
    noticedUs: integer('noticed_us').notNull(),
    /** The message it went into; null while it waits for others to go with it. */
    deliveryId: text('delivery_id'),
  },
  (table) => [
    primaryKey({ columns: [table.channelId, table.alertId, table.event, table.seq] }),
    index('notifications_waiting').on(table.channelId, table.noticedUs).where(sql`delivery_id is null`),
  ],
)

/** A message to a channel and how its delivery went. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: text().primaryKey(),
    channelId: text('channel_id').notNull(),
    type: text({ enum: ['alerts', 'test'] }).notNull(),
    /** JSON array. */
    alertIds: text('alert_ids').notNull(),
    /** The body as it is sent at every attempt. */
    body: text().notNull(),
    createdUs: integer('created_us').notNull(),
    status: text({ enum: DELIVERY_STATUSES }).notNull(),
    attempts: integer().notNull(),
    nextAttemptUs: integer('next_attempt_us'),
    finishedUs: integer('finished_us'),
    httpStatus: integer('http_status'),
    error: text(),
    tookUs: integer('took_us'),
  },
  (table) => [
    index('deliveries_channel').on(table.channelId, table.createdUs),
    index('deliveries_due').on(table.nextAttemptUs).where(sql`status = 'pending'`),
  ],
)
