import type { CounterName } from '../write.ts'
import type { ReadContext } from './context.ts'
import { sql } from './sql.ts'

/** Counts over all time: what was refused or repeated has no other trace than its number. */
export function readCounters({ queries }: ReadContext): (name: CounterName) => number {
  const rows = queries.all<{ name: string; value: number }>(sql`select name, value from counters`)
  const counts = new Map(rows.map((row) => [row.name, row.value]))
  return (name) => counts.get(name) ?? 0
}
