import type { AlertAction, AlertEvidence } from '#lib/contract/alerts.ts'
import type { AlertRecord, AlertRecordEvent } from '#lib/detectors/alert-book.ts'
import type { StateChanges, StoredState } from '#lib/detectors/state-cache.ts'
import type { AlertKey } from '#lib/model/alert.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/*
 * The write side of alerts. What is derived is written by the consumer that detects, what persons did by the
 * thread that takes their requests; all of it inside a transaction of the caller.
 */

/** States of detectors between two flushes. */
export interface DetectorStateTable {
  /** Least recently used first. */
  readAll(): Iterable<StoredState>
  write(changes: StateChanges): void
  clear(): void
}

export function openDetectorStateTable(db: SqliteDatabase): DetectorStateTable {
  const readAll = db.prepare('select key, used, body as json from detector_states order by used')
  const write = db.prepare(
    'insert into detector_states (key, used, body) values (?, ?, ?) on conflict (key) do update set used = excluded.used, body = excluded.body',
  )
  const remove = db.prepare('delete from detector_states where key = ?')
  const clear = db.prepare('delete from detector_states')
  return {
    readAll: () => readAll.iterate() as Iterable<StoredState>,
    write({ written, deleted }) {
      for (const key of deleted) remove.run(key)
      for (const { key, used, json } of written) write.run(key, used, json)
    },
    clear: () => void clear.run(),
  }
}

/** Alerts and their history as far as they follow from the log. */
export interface AlertTable {
  /** The newest alert of this identity, resolved or not. */
  readLatest(identity: string): AlertRecord | null
  /** In order of detection. */
  readAll(): AlertRecord[]
  /** Null leaves the evidence that was written before as it is. */
  write(record: AlertRecord, evidence: AlertEvidence | null): void
  addEvent(event: AlertRecordEvent): void
  clear(): void
}

const RECORD_COLUMNS = `id, identity, kind, agent, environment, key, onset_us as onsetUs, detected_us as detectedUs,
  confirmed_us as confirmedUs, resolved_us as resolvedUs, first_bad_version as firstBadVersion,
  first_bad_model as firstBadModel, parent_id as parentId, reopened, detected_seq as detectedSeq`

const INSERT_ALERT = `insert or replace into alerts
  (id, identity, kind, agent, environment, key, onset_us, detected_us, confirmed_us, resolved_us, first_bad_version,
   first_bad_model, parent_id, reopened, detected_seq, evidence)
  values (@id, @identity, @kind, @agent, @environment, @key, @onsetUs, @detectedUs, @confirmedUs, @resolvedUs,
   @firstBadVersion, @firstBadModel, @parentId, @reopened, @detectedSeq, @evidence)`

/** What can change while the evidence stands. */
const UPDATE_ALERT = `update alerts set confirmed_us = @confirmedUs, resolved_us = @resolvedUs, parent_id = @parentId
  where id = @id`

type RecordRow = Omit<AlertRecord, 'key'> & { readonly key: string }

export function openAlertTable(db: SqliteDatabase): AlertTable {
  const readLatest = db.prepare(
    `select ${RECORD_COLUMNS} from alerts where identity = ? order by detected_seq desc limit 1`,
  )
  const readAll = db.prepare(`select ${RECORD_COLUMNS} from alerts order by detected_us, id`)
  const insert = db.prepare(INSERT_ALERT)
  const update = db.prepare(UPDATE_ALERT)
  const addEvent = db.prepare(
    'insert or replace into alert_events (alert_id, seq, event, at_us) values (@alertId, @seq, @event, @atUs)',
  )
  const clearAlerts = db.prepare('delete from alerts')
  const clearEvents = db.prepare('delete from alert_events')
  return {
    readLatest(identity) {
      const row = readLatest.get(identity) as RecordRow | undefined
      return row === undefined ? null : toRecord(row)
    },
    readAll: () => (readAll.all() as RecordRow[]).map(toRecord),
    write(record, evidence) {
      const { id, confirmedUs, resolvedUs, parentId } = record
      if (evidence === null) update.run({ id, confirmedUs, resolvedUs, parentId })
      else insert.run({ ...record, key: JSON.stringify(record.key), evidence: JSON.stringify(evidence) })
    },
    addEvent: (event) => void addEvent.run(event),
    clear() {
      clearAlerts.run()
      clearEvents.run()
    },
  }
}

function toRecord(row: RecordRow): AlertRecord {
  return { ...row, key: JSON.parse(row.key) as AlertKey }
}

/** What a person did with an alert. */
export interface AlertActionRow {
  readonly alertId: string
  /** The server's clock. */
  readonly atUs: number
  readonly action: AlertAction['action']
  readonly by: string
  readonly note: string | null
  /** Of a silence: when it ends. */
  readonly untilUs: number | null
}

/** Appends to what persons did. Call inside a transaction. */
export function appendAlertAction(db: SqliteDatabase, action: AlertActionRow): void {
  db.prepare(
    `insert into alert_actions (alert_id, at_us, action, "by", note, until_us)
     values (@alertId, @atUs, @action, @by, @note, @untilUs)`,
  ).run(action)
}
