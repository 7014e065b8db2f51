import type { SqliteDatabase } from './sqlite/open.ts'

/** A span as the buffer holds it. */
export interface StoredSpan {
  /** Trace id and span id, 24 bytes. */
  readonly spanKey: Uint8Array
  readonly component: number
  /** What it says, as the caller spells it. */
  readonly facts: string
}

/** The spans of the buffer, each once. Its positions only grow. */
export interface SpanTable {
  /** False when a span of this key is there; then nothing changes. */
  insert(span: StoredSpan): boolean
  /** What the span of this key says. @throws when it is not there */
  read(spanKey: Uint8Array): string
  /** Puts a span in the place of the one with its key, as the newest. */
  replace(span: StoredSpan): void
  /** What the spans of a component say, in the order in which they came. */
  readComponent(component: number): string[]
  /** Gives the spans of one component to another. */
  move(from: number, to: number): void
  /** Deletes some spans of a component; how many. */
  removeSome(component: number, limit: number): number
}

export function openSpanTable(db: SqliteDatabase): SpanTable {
  const insert = db.prepare(
    'insert into spans (span_key, component, facts) values (?, ?, ?) on conflict (span_key) do nothing',
  )
  const find = db.prepare('select facts from spans where span_key = ?').pluck()
  const remove = db.prepare('delete from spans where span_key = ?')
  const read = db.prepare('select facts from spans where component = ? order by id').pluck()
  const move = db.prepare('update spans set component = ? where component = ?')
  const removeSome = db.prepare(
    'delete from spans where id in (select id from spans where component = ? order by id limit ?)',
  )
  return {
    insert: ({ spanKey, component, facts }) => insert.run(spanKey, component, facts).changes === 1,
    read(spanKey) {
      const facts = find.get(spanKey) as string | undefined
      if (facts === undefined) throw new Error('a span is referenced but not stored')
      return facts
    },
    replace({ spanKey, component, facts }) {
      remove.run(spanKey)
      insert.run(spanKey, component, facts)
    },
    readComponent: (component) => read.all(component) as string[],
    move: (from, to) => void move.run(to, from),
    removeSome: (component, limit) => removeSome.run(component, limit).changes,
  }
}
