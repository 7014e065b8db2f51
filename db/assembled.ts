import { decodeKey, encodeKey, type Key } from './sqlite/keys.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/**
 * Where a batch of the buffer stands: shown but not in the log; in the log as last assembled; in the log, but it
 * has changed since; in the log, but its calls belong to others now; and one whose id was in the log before, from
 * spans that have left the buffer, so that it stays as it was. Stored by position.
 */
export const BATCH_STATES = ['provisional', 'final', 'changed', 'gone', 'fixed'] as const
export type BatchState = (typeof BATCH_STATES)[number]

/** What was last said of a batch. */
export interface AssembledRow {
  readonly batchId: string
  readonly component: number
  readonly state: BatchState
  /** How often it came to the log. */
  readonly revision: number
  /** Where its content stands before the log; null when it is not waiting. */
  readonly position: number | null
  readonly contentHash: Uint8Array
  /** Keys of its spans. */
  readonly spans: readonly string[]
  readonly firstReceivedUs: number
  /** When it last changed, by the server's clock. */
  readonly changedMs: number
}

export interface AssembledTable {
  read(batchId: string): AssembledRow | null
  write(row: AssembledRow): void
  remove(batchId: string): void
  listOfComponent(component: number): AssembledRow[]
  removeOfComponent(component: number): void
  /** Gives the batches of one component to another. */
  move(from: number, to: number): void
  /** Batches that have to come to the log or leave it and did not change since a time, longest waiting first. */
  listWaiting(unchangedSinceMs: number, limit: number): AssembledRow[]
  hasWaiting(): boolean
  /** Says which batch holds the calls of one that is gone. */
  supersede(batchId: string, by: string | null, atMs: number): void
  /** A batch that came back holds its calls itself. */
  reinstate(batchId: string): void
}

interface Row {
  readonly batch_key: Key
  readonly component: number
  readonly state: number
  readonly revision: number
  readonly position: number | null
  readonly content_hash: Uint8Array
  readonly spans: string
  readonly first_received_us: number
  readonly changed_ms: number
}

/** Codes of the states that the quiet period ends. */
export const WAITING: readonly number[] = (['provisional', 'changed', 'gone'] as const).map((state) =>
  BATCH_STATES.indexOf(state),
)
const COLUMNS =
  'batch_key, component, state, revision, position, content_hash, spans, first_received_us, changed_ms' as const

function prepareStatements(db: SqliteDatabase) {
  const waiting = `state in (${WAITING.join(', ')})`
  return {
    read: db.prepare(`select ${COLUMNS} from assembled where batch_key = ?`),
    write: db.prepare(`insert or replace into assembled (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    remove: db.prepare('delete from assembled where batch_key = ?'),
    listOfComponent: db.prepare(`select ${COLUMNS} from assembled where component = ?`),
    removeOfComponent: db.prepare('delete from assembled where component = ?'),
    move: db.prepare('update assembled set component = ? where component = ?'),
    listWaiting: db.prepare(
      `select ${COLUMNS} from assembled where ${waiting} and changed_ms <= ? order by changed_ms limit ?`,
    ),
    hasWaiting: db.prepare(`select exists (select 1 from assembled where ${waiting})`).pluck(),
    supersede: db.prepare('insert or replace into superseded (batch_key, by_key, at_ms) values (?, ?, ?)'),
    reinstate: db.prepare('delete from superseded where batch_key = ?'),
  }
}

export function openAssembledTable(db: SqliteDatabase): AssembledTable {
  const sql = prepareStatements(db)
  return {
    read(batchId) {
      const row = sql.read.get(encodeKey(batchId)) as Row | undefined
      return row === undefined ? null : toAssembled(row)
    },
    write(row) {
      sql.write.run(
        encodeKey(row.batchId),
        row.component,
        BATCH_STATES.indexOf(row.state),
        row.revision,
        row.position,
        row.contentHash,
        row.spans.join(' '),
        row.firstReceivedUs,
        row.changedMs,
      )
    },
    remove: (batchId) => void sql.remove.run(encodeKey(batchId)),
    listOfComponent: (component) => (sql.listOfComponent.all(component) as Row[]).map(toAssembled),
    removeOfComponent: (component) => void sql.removeOfComponent.run(component),
    move: (from, to) => void sql.move.run(to, from),
    listWaiting: (unchangedSinceMs, limit) =>
      (sql.listWaiting.all(unchangedSinceMs, limit) as Row[]).map(toAssembled),
    hasWaiting: () => sql.hasWaiting.get() === 1,
    supersede: (batchId, by, atMs) =>
      void sql.supersede.run(encodeKey(batchId), by === null ? null : encodeKey(by), atMs),
    reinstate: (batchId) => void sql.reinstate.run(encodeKey(batchId)),
  }
}

function toAssembled(row: Row): AssembledRow {
  return {
    batchId: decodeKey(row.batch_key),
    component: row.component,
    state: BATCH_STATES[row.state] as BatchState,
    revision: row.revision,
    position: row.position,
    contentHash: row.content_hash,
    spans: row.spans.split(' '),
    firstReceivedUs: row.first_received_us,
    changedMs: row.changed_ms,
  }
}
