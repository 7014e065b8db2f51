import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ALERT_KINDS } from '#lib/model/alert.ts'

/*
 * What detectors remember and what they found is derived from the log and can be dropped and rebuilt from it,
 * byte for byte. What persons did with alerts is not: `alert_actions` is written once and kept.
 */

/** States of detectors, as JSON (lib/detectors/state-cache.ts). */
export const detectorStates = sqliteTable('detector_states', {
  key: text().primaryKey(),
  /** Place in the order of use: among too many states the lowest is forgotten first. */
  used: integer().notNull(),
  body: text().notNull(),
})

/** Alerts as evidence made them; times of events. An id follows from the log, so that a rebuild keeps it. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text().primaryKey(),
    /** Kind and scope (`alertIdentity`): of one identity at most one alert is unresolved. */
    identity: text().notNull(),
    kind: text({ enum: ALERT_KINDS }).notNull(),
    /** `*` = across agents. */
    agent: text().notNull(),
    environment: text().notNull(),
    /** JSON of `AlertKey`. */
    key: text().notNull(),
    onsetUs: integer('onset_us').notNull(),
    /** When it was first opened. */
    detectedUs: integer('detected_us').notNull(),
    /** When evidence last spoke for it. */
    confirmedUs: integer('confirmed_us').notNull(),
    /** When evidence spoke against it; null while it holds. */
    resolvedUs: integer('resolved_us'),
    firstBadVersion: text('first_bad_version'),
    firstBadModel: text('first_bad_model'),
    /** The alert that explains this one. */
    parentId: text('parent_id'),
    /** How often it came back. */
    reopened: integer().notNull(),
    /** Position in the log at which it was first opened. */
    detectedSeq: integer('detected_seq').notNull(),
    /** JSON of `AlertEvidence` (lib/contract/alerts.ts), as it stood when it was last opened. */
    evidence: text().notNull(),
  },
  (table) => [
    index('alerts_identity').on(table.identity, table.detectedSeq),
    index('alerts_detected').on(table.detectedUs, table.id),
    index('alerts_agent').on(table.agent, table.detectedUs, table.id),
    index('alerts_parent').on(table.parentId),
    // Partial: of years of alerts only those that still hold.
    index('alerts_current').on(table.detectedUs, table.id).where(sql`resolved_us is null`),
  ],
)

/** What evidence did to an alert, and where in the log. */
export const alertEvents = sqliteTable(
  'alert_events',
  {
    alertId: text('alert_id').notNull(),
    seq: integer().notNull(),
    event: text({ enum: ['opened', 'reopened', 'recovered'] }).notNull(),
    /** Event time. */
    atUs: integer('at_us').notNull(),
  },
  // A batch that ends an alert may bring it back at once: `recovered` sorts before `reopened`.
  (table) => [primaryKey({ columns: [table.alertId, table.seq, table.event] })],
)

/** What persons did with alerts, append-only. No rebuild touches it. */
export const alertActions = sqliteTable(
  'alert_actions',
  {
    id: integer().primaryKey(),
    alertId: text('alert_id').notNull(),
    /** The server's clock. */
    atUs: integer('at_us').notNull(),
    action: text({
      enum: ['acknowledge', 'unacknowledge', 'silence', 'unsilence', 'resolve', 'reopen', 'note'],
    }).notNull(),
    by: text().notNull(),
    note: text(),
    /** Of a silence: when it ends. */
    untilUs: integer('until_us'),
  },
  (table) => [index('alert_actions_alert').on(table.alertId, table.id)],
)
