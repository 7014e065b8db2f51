import type { FilterQuery } from '#lib/contract/query.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { OTHER } from '#lib/model/vocabulary.ts'
import type { Grain } from '#lib/stats/marginals.ts'
import { agentEnvironmentPair, DIMENSION_LIMITS } from '../sqlite/dimensions.ts'
import type { ReadContext } from './context.ts'
import { coverWindow, type Stretch, widenToHours } from './coverage.ts'
import type { Deadline } from './deadline.ts'
import { compileFilter, findIds, IN_LOG, type RowFilter, type UsWindow } from './filter.ts'
import { chooseMarginal } from './marginal-choice.ts'
import { allOf, sql } from './sql.ts'
import { readWindow, walkNewestFirst } from './walk.ts'

/** What gathers the batches of a window, as aggregates where they are kept and one by one where they are not. */
export interface Gatherer<Marginal> {
  /** Adds the aggregates of a run of hours or days under some keys of a marginal. */
  addStretch(marginal: Marginal, keys: readonly number[], stretch: Stretch): void
  /** `seq` is its position in the log. */
  addBatch(batch: StoredBatch, seq: number): void
}

/** What is to be gathered. */
export interface GatherRequest<Marginal extends string> {
  readonly query: FilterQuery
  readonly window: UsWindow
  readonly filter: RowFilter
  /** The marginals that are kept of what is gathered. */
  readonly marginals: readonly Marginal[]
  readonly coarsest: Grain
}

/** The filter as the store runs it with what is gathered under it; null when no batch can match. */
export function planGather<Marginal extends string>(
  context: ReadContext,
  query: FilterQuery,
  nowMs: number,
  marginals: readonly Marginal[],
): GatherRequest<Marginal> | null {
  const found = compileFilter(query, nowMs, context.dimensions)
  // What may still change stands before the log, and is counted once it is final.
  const filter = found && { ...found, condition: allOf([found.condition, IN_LOG]) }
  return filter && { query, window: filter.window, filter, marginals, coarsest: 'day' }
}

/**
 * Gathers the batches of a filter in a window and answers the window that this covers. A filter that a
 * marginal covers is exact, in a window widened to whole hours where its edges hold too many batches to be
 * read; any other is scanned, newest first, as far as the time goes.
 */
export function gather<Marginal extends string>(
  context: ReadContext,
  request: GatherRequest<Marginal>,
  gatherer: Gatherer<Marginal>,
  deadline: Deadline,
): UsWindow {
  const { filter, window, query, coarsest } = request
  const marginal = chooseMarginal(query, request.marginals)
  const keys = marginal === null ? null : findKeys(context, marginal, query)
  if (marginal === null || keys === null) {
    const visit = (hit: { seq: number }) => gatherer.addBatch(context.readBatch(hit.seq), hit.seq)
    const cutUs = walkNewestFirst(context, { ...filter, window }, deadline, visit)
    return cutUs === null ? window : { ...window, fromUs: cutUs }
  }
  const edges = readEdges(context, { filter, window, coarsest }, deadline)
  for (const { batch, seq } of edges ?? []) gatherer.addBatch(batch, seq)
  const covered = edges === null ? widenToHours(window) : window
  for (const stretch of coverWindow(covered, coarsest).stretches) gatherer.addStretch(marginal, keys, stretch)
  return covered
}

interface ReadBatch {
  readonly batch: StoredBatch
  readonly seq: number
}

function readEdges(
  context: ReadContext,
  { filter, window, coarsest }: Pick<GatherRequest<string>, 'filter' | 'window' | 'coarsest'>,
  deadline: Deadline,
): ReadBatch[] | null {
  const batches: ReadBatch[] = []
  for (const edge of coverWindow(window, coarsest).edges) {
    const read = readWindow(context, { filter, window: edge }, deadline, ({ seq }) => ({
      batch: context.readBatch(seq),
      seq,
    }))
    if (read === null) return null
    batches.push(...read)
  }
  return batches
}

/** Keys of the query's names under a marginal; null when what counts there is more than what they name. */
function findKeys(context: ReadContext, marginal: string, query: FilterQuery): number[] | null {
  const { dimensions } = context
  if (marginal === 'agent' || marginal === 'environment')
    return findIds(dimensions, marginal, query[marginal] ?? [])
  if (marginal === 'version' || marginal === 'model') {
    const names = query[marginal] ?? []
    // Batches that name none count under the key of those that found no room.
    return names.includes(OTHER) ? null : findIds(dimensions, marginal, names)
  }
  return marginal === 'agent-environment' ? findPairs(context, query) : [0]
}

/** Null when a pair that has no key of its own may count among the pairs that found no room. */
function findPairs({ dimensions, queries }: ReadContext, query: FilterQuery): number[] | null {
  const kind = 'agent-environment'
  const environments = findIds(dimensions, 'environment', query.environment ?? [])
  const pairs = findIds(dimensions, 'agent', query.agent ?? []).flatMap((agent) =>
    environments.map((environment) => agentEnvironmentPair(agent, environment)),
  )
  const keys = dimensions.ids(kind, pairs)
  if (keys.length === pairs.length) return keys
  const kept = queries.get<{ pairs: number }>(
    sql`select count(*) as pairs from dimensions where kind = ${kind}`,
  )
  return (kept?.pairs ?? 0) >= DIMENSION_LIMITS[kind] ? null : keys
}
