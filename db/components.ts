import { WAITING } from './assembled.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** What is counted of the spans of a component. */
export interface ComponentTally {
  readonly spans: number
  readonly bytes: number
  readonly isRecognised: boolean
  /** When the oldest span came that is not assembled yet; null = none. */
  readonly dirtySinceMs: number | null
  readonly lastSpanMs: number
}

/** Which spans must be assembled together: a union-find over what they share, and a tally of each component. */
export interface ComponentTable {
  componentOf(key: string): number | undefined
  setComponent(key: string, component: number): void
  /** The component that has taken this one in. */
  parentOf(component: number): number | undefined
  setParent(component: number, parent: number): void
  newComponent(nowMs: number): number
  /** @throws when there is no such component */
  tallyOf(component: number): ComponentTally
  setTally(component: number, tally: ComponentTally): void
  /** Those that were marked before a time, the oldest mark first. */
  listDirty(beforeMs: number, limit: number): number[]
  setClean(component: number): void
  /** Those to which no span has come since a time, and of which everything is assembled and in the log. */
  listIdle(beforeMs: number, limit: number): number[]
  /** Those that may go first when room is needed: without anything recognised, then the longest idle. */
  listExpendable(limit: number): number[]
  /** Takes its name and those of the components in it from everything that led to them. */
  forgetKeys(component: number): void
  remove(component: number): void
  total(): { spans: number; bytes: number }
}

interface TallyRow {
  readonly spans: number
  readonly bytes: number
  readonly is_recognised: number
  readonly dirty_since_ms: number | null
  readonly last_span_ms: number
}

/** Components of which nothing can change any more but by a new span. */
const SETTLED = `parent is null and dirty_since_ms is null and not exists
  (select 1 from assembled a where a.component = components.id and a.state in (${WAITING.join(', ')}))`

function prepareStatements(db: SqliteDatabase) {
  return {
    componentOf: db.prepare('select component from span_keys where key = ?').pluck(),
    setComponent: db.prepare(
      'insert into span_keys (key, component) values (?, ?) on conflict (key) do update set component = excluded.component',
    ),
    parentOf: db.prepare('select parent from components where id = ?').pluck(),
    setParent: db.prepare('update components set parent = ?, dirty_since_ms = null where id = ?'),
    create: db
      .prepare(
        'insert into components (spans, bytes, is_recognised, last_span_ms) values (0, 0, 0, ?) returning id',
      )
      .pluck(),
    tallyOf: db.prepare(
      'select spans, bytes, is_recognised, dirty_since_ms, last_span_ms from components where id = ?',
    ),
    setTally: db.prepare(
      'update components set spans = ?, bytes = ?, is_recognised = ?, dirty_since_ms = ?, last_span_ms = ? where id = ?',
    ),
    listDirty: db
      .prepare(
        'select id from components where dirty_since_ms is not null and dirty_since_ms <= ? order by dirty_since_ms limit ?',
      )
      .pluck(),
    setClean: db.prepare('update components set dirty_since_ms = null where id = ?'),
    listIdle: db
      .prepare(
        `select id from components where last_span_ms < ? and ${SETTLED} order by last_span_ms limit ?`,
      )
      .pluck(),
    listExpendable: db
      .prepare(`select id from components where ${SETTLED} order by is_recognised, last_span_ms limit ?`)
      .pluck(),
    forgetKeys: db.prepare(
      'delete from span_keys where component = ? or component in (select id from components where parent = ?)',
    ),
    remove: db.prepare('delete from components where id = ? or parent = ?'),
    total: db.prepare(
      'select coalesce(sum(spans), 0) as spans, coalesce(sum(bytes), 0) as bytes from components',
    ),
  }
}

export function openComponentTable(db: SqliteDatabase): ComponentTable {
  const sql = prepareStatements(db)
  return {
    componentOf: (key) => sql.componentOf.get(key) as number | undefined,
    setComponent: (key, component) => void sql.setComponent.run(key, component),
    parentOf: (component) => (sql.parentOf.get(component) as number | null | undefined) ?? undefined,
    setParent: (component, parent) => void sql.setParent.run(parent, component),
    newComponent: (nowMs) => sql.create.get(nowMs) as number,
    tallyOf(component) {
      const row = sql.tallyOf.get(component) as TallyRow | undefined
      if (row === undefined) throw new Error(`component ${component} is referenced but not stored`)
      const { spans, bytes, is_recognised, dirty_since_ms, last_span_ms } = row
      return {
        spans,
        bytes,
        isRecognised: is_recognised === 1,
        dirtySinceMs: dirty_since_ms,
        lastSpanMs: last_span_ms,
      }
    },
    setTally(component, { spans, bytes, isRecognised, dirtySinceMs, lastSpanMs }) {
      sql.setTally.run(spans, bytes, isRecognised ? 1 : 0, dirtySinceMs, lastSpanMs, component)
    },
    listDirty: (beforeMs, limit) => sql.listDirty.all(beforeMs, limit) as number[],
    setClean: (component) => void sql.setClean.run(component),
    listIdle: (beforeMs, limit) => sql.listIdle.all(beforeMs, limit) as number[],
    listExpendable: (limit) => sql.listExpendable.all(limit) as number[],
    forgetKeys: (component) => void sql.forgetKeys.run(component, component),
    remove: (component) => void sql.remove.run(component, component),
    total: () => sql.total.get() as { spans: number; bytes: number },
  }
}
