import type { ListOrder, ListPosition } from '#lib/contract/cursor.ts'
import type { SortKey } from '#lib/contract/query.ts'
import { raw, type Sql, sql } from './sql.ts'

/** A sort key of the contract as the log keeps it. Every index ends in `seq`, which breaks ties. */
export interface SortColumn {
  readonly name: string
  readonly index: string
  readonly isNullable: boolean
}

export const SORT_COLUMNS: Readonly<Record<SortKey, SortColumn>> = {
  started_at: { name: 'started_at_us', index: 'batches_started', isNullable: false },
  wall_ms: { name: 'wall_us', index: 'batches_wall', isNullable: true },
  serialization: { name: 'serialization', index: 'batches_serialization', isNullable: true },
  size: { name: 'size', index: 'batches_size', isNullable: false },
}

/** Orders positions as a list does: rows without a value come last whichever way it runs, ties go by `seq`. */
export function comparePositions({ order }: ListOrder): (a: ListPosition, b: ListPosition) => number {
  const sign = order === 'asc' ? 1 : -1
  return (a, b) => {
    if (a.value === b.value) return sign * (a.seq - b.seq)
    if (a.value === null) return 1
    if (b.value === null) return -1
    return sign * (a.value - b.value)
  }
}

/** The select list of a `Hit`. */
export function hitColumns({ name }: SortColumn): string {
  return `seq, ${name} as value, started_at_us as startedAtUs, outcome_mask as outcomeMask`
}

/** `order by` for the rows of a whole list. */
export function orderBy({ name }: SortColumn, { order }: ListOrder): Sql {
  return raw(`order by ${name} ${order} nulls last, seq ${order}`)
}

/** The rows that come after a position; all rows without one. */
export function afterPosition(
  { name, isNullable }: SortColumn,
  { order }: ListOrder,
  after: ListPosition | null,
): Sql {
  if (after === null) return raw('true')
  const column = raw(name)
  const beyond = raw(order === 'asc' ? '>' : '<')
  if (after.value === null) return sql`(${column} is null and seq ${beyond} ${after.seq})`
  const nulls = isNullable ? sql` or ${column} is null` : raw('')
  return sql`(${column} ${beyond} ${after.value} or (${column} = ${after.value} and seq ${beyond} ${after.seq})${nulls})`
}

/**
 * The same rows as {@link afterPosition} in up to three runs of the column's index, one after another:
 * the rest of the ties, what lies beyond, the rows without a value. As one condition SQLite would walk all
 * ties again at each step, and a size has millions.
 */
export function runsAfter(
  { name, isNullable }: SortColumn,
  { order }: ListOrder,
  after: ListPosition | null,
): Sql[] {
  const column = raw(name)
  const beyond = raw(order === 'asc' ? '>' : '<')
  if (after !== null && after.value === null) return [sql`${column} is null and seq ${beyond} ${after.seq}`]
  const nulls = isNullable ? [sql`${column} is null`] : []
  if (after === null) return [isNullable ? sql`${column} is not null` : raw('true'), ...nulls]
  return [
    sql`${column} = ${after.value} and seq ${beyond} ${after.seq}`,
    sql`${column} ${beyond} ${after.value}`,
    ...nulls,
  ]
}
