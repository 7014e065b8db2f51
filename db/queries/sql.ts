import type { SqliteDatabase } from '../sqlite/open.ts'

type Statement = ReturnType<typeof compile>

export type SqlValue = number | string | Uint8Array | null

/** A piece of SQL with the values of its placeholders, in order. */
export interface Sql {
  readonly text: string
  readonly params: readonly SqlValue[]
}

/** Composes SQL as a template: a nested piece is spliced in, anything else becomes a placeholder. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
  let text = strings[0] ?? ''
  const params: SqlValue[] = []
  parts.forEach((part, i) => {
    if (isSql(part)) {
      text += part.text
      params.push(...part.params)
    } else {
      text += '?'
      params.push(part)
    }
    text += strings[i + 1] ?? ''
  })
  return { text, params }
}

/** SQL of our own making that holds no values: a column, a keyword. Never text from outside. */
export function raw(text: string): Sql {
  return { text, params: [] }
}

export function joinSql(pieces: readonly Sql[], separator: string): Sql {
  return {
    text: pieces.map((piece) => piece.text).join(separator),
    params: pieces.flatMap((piece) => piece.params),
  }
}

/** Conditions that must all hold; without any, one that always does. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('true') : joinSql(conditions, ' and ')
}

/** `(?, ?, …)` over the values. */
export function valueList(values: readonly SqlValue[]): Sql {
  return { text: `(${values.map(() => '?').join(', ')})`, params: values }
}

function isSql(part: Sql | SqlValue): part is Sql {
  return typeof part === 'object' && part !== null && 'text' in part && 'params' in part
}

/** Runs composed SQL on one connection; a text that was run before is not compiled again. */
export interface Queries {
  all<Row>(query: Sql): Row[]
  get<Row>(query: Sql): Row | undefined
}

/** Filters vary in shape, not only in values: the shapes last used stay compiled. */
const PREPARED_STATEMENTS = 400

export function createQueries(db: SqliteDatabase): Queries {
  const prepared = new Map<string, Statement>()

  function prepare(text: string) {
    const known = prepared.get(text)
    const statement = known ?? compile(db, text)
    // Moved to the end, so that the first one is always the one not used for longest.
    if (known) prepared.delete(text)
    else if (prepared.size >= PREPARED_STATEMENTS) prepared.delete(prepared.keys().next().value as string)
    prepared.set(text, statement)
    return statement
  }

  return {
    all: <Row>({ text, params }: Sql) => prepare(text).all(...params) as Row[],
    get: <Row>({ text, params }: Sql) => prepare(text).get(...params) as Row | undefined,
  }
}

function compile(db: SqliteDatabase, text: string) {
  return db.prepare<SqlValue[], unknown>(text)
}
