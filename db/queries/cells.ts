import {
  BATCH_MARGINALS,
  type BatchMarginal,
  GRAINS,
  TOOL_MARGINALS,
  type ToolMarginal,
} from '#lib/stats/marginals.ts'
import type { Stretch } from './coverage.ts'
import { type Queries, raw, type Sql, sql } from './sql.ts'

/** An encoded aggregate of one hour or day, `start` counted in these since the epoch. */
interface Cell {
  readonly start: number
  readonly key: number
  readonly stats: Uint8Array
}

export interface ToolCell extends Cell {
  readonly toolId: number
}

/** Aggregates under some keys of a marginal in a stretch of time; null = every key. */
interface CellRange<Marginal> {
  readonly marginal: Marginal
  readonly keys: readonly number[] | null
  readonly stretch: Stretch
}

export function readToolCells(
  queries: Queries,
  { marginal, keys, stretch, toolIds }: CellRange<ToolMarginal> & { readonly toolIds: readonly number[] },
): ToolCell[] {
  const code = TOOL_MARGINALS.indexOf(marginal)
  // A tool at a time: its cells lie beside each other, those of an hour do not.
  return queries.all<ToolCell>(sql`select s.tool_id as toolId, s.start, s.key, s.stats
    from json_each(${JSON.stringify(toolIds)}) t cross join tool_stats s
    where s.marginal = ${code} and s.grain = ${GRAINS.indexOf(stretch.grain)} and s.tool_id = t.value
      and ${within(stretch)} and ${keyed(keys)}`)
}

export function readBatchCells(
  queries: Queries,
  { marginal, keys, stretch }: CellRange<BatchMarginal>,
): Cell[] {
  return queries.all<Cell>(sql`select s.start, s.key, s.stats from batch_stats s
    where s.marginal = ${BATCH_MARGINALS.indexOf(marginal)} and s.grain = ${GRAINS.indexOf(stretch.grain)}
      and ${within(stretch)} and ${keyed(keys)}`)
}

function within({ from, to }: Stretch): Sql {
  return sql`s.start >= ${from ?? Number.MIN_SAFE_INTEGER} and s.start < ${to ?? Number.MAX_SAFE_INTEGER}`
}

function keyed(keys: readonly number[] | null): Sql {
  return keys === null ? raw('true') : sql`s.key in (select value from json_each(${JSON.stringify(keys)}))`
}
