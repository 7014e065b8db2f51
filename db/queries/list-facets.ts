import type { WindowQuery } from '#lib/contract/query.ts'
import type { Facets } from '#lib/contract/reads.ts'
import { compareText } from '#lib/intervals/order.ts'
import { GRAIN_US, grainStart } from '#lib/stats/marginals.ts'
import { peekBatches, peekCalls } from '#lib/stats/peek.ts'
import { OTHER_ID } from '../sqlite/dimensions.ts'
import { readBatchCells, readToolCells } from './cells.ts'
import type { ReadContext } from './context.ts'
import type { Stretch } from './coverage.ts'
import { compileWindow } from './filter.ts'
import { listToolIds } from './tool-facts.ts'

/** Use is counted by whole days, and over the last so many of them. */
const MAX_DAYS = 31
const MAX_VALUES = 1_000

/**
 * The values that filters can take. Those used in the window come first, most used first; a window without a
 * lower bound, or longer than a month, is counted by its last days and lists every other name after them.
 */
export function listFacets(context: ReadContext, query: WindowQuery, nowMs: number): Facets {
  const { fromUs, toUs } = compileWindow(query, nowMs)
  const to = Math.ceil((toUs ?? nowMs * 1000) / GRAIN_US.day)
  const asked = fromUs === null ? Number.NEGATIVE_INFINITY : grainStart('day', fromUs)
  const from = Math.max(asked, to - MAX_DAYS)
  const days: Stretch = { grain: 'day', from, to }
  const isPart = from > asked
  return {
    agents: rank(context, 'agent', countBatches(context, 'agent', days), isPart),
    environments: rank(context, 'environment', countBatches(context, 'environment', days), isPart),
    versions: rank(context, 'version', countBatches(context, 'version', days), isPart),
    models: rank(context, 'model', countBatches(context, 'model', days), isPart),
    tools: rank(context, 'tool', countCalls(context, days), isPart),
  }
}

type NamedDimension = 'agent' | 'environment' | 'version' | 'model'

function countBatches(
  { queries }: ReadContext,
  marginal: NamedDimension,
  days: Stretch,
): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { key, stats } of readBatchCells(queries, { marginal, keys: null, stretch: days })) {
    counts.set(key, (counts.get(key) ?? 0) + peekBatches(stats))
  }
  // The key of batches that name none.
  if (marginal === 'version' || marginal === 'model') counts.delete(OTHER_ID)
  return counts
}

function countCalls(context: ReadContext, days: Stretch): Map<number, number> {
  const counts = new Map<number, number>()
  const range = { marginal: 'all', keys: [0], stretch: days, toolIds: listToolIds(context) } as const
  for (const { toolId, stats } of readToolCells(context.queries, range)) {
    counts.set(toolId, (counts.get(toolId) ?? 0) + peekCalls(stats))
  }
  return counts
}

function rank(
  { dimensions }: ReadContext,
  kind: NamedDimension | 'tool',
  counts: ReadonlyMap<number, number>,
  withUnused: boolean,
): string[] {
  const used = Array.from(counts, ([id, count]) => ({ value: dimensions.name(id), count }))
  used.sort((a, b) => b.count - a.count || compareText(a.value, b.value))
  const unused = withUnused ? dimensions.all(kind).filter(({ id }) => !counts.has(id)) : []
  return [...used, ...unused].slice(0, MAX_VALUES).map(({ value }) => value)
}
