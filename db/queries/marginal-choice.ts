import type { FilterQuery } from '#lib/contract/query.ts'

/** What a marginal can be chosen from; `all` is always among them. */
type Dimension = 'agent' | 'environment' | 'version' | 'model'

const WINDOW_PARAMETERS = new Set(['from', 'to', 'range'])

/**
 * The marginal whose aggregates answer a filter exactly; null when none does and the log must be scanned.
 * Several values of one filter are several keys of its marginal.
 */
export function chooseMarginal<Marginal extends string>(
  query: FilterQuery,
  marginals: readonly Marginal[],
): Marginal | null {
  const filters = activeFilters(query)
  const name = MARGINAL_OF[filters.join('+')]
  return marginals.find((marginal) => marginal === name) ?? null
}

const MARGINAL_OF: Readonly<Record<string, Dimension | 'agent-environment' | 'all'>> = {
  '': 'all',
  agent: 'agent',
  environment: 'environment',
  'agent+environment': 'agent-environment',
  version: 'version',
  model: 'model',
}

/** Names of the filters that narrow anything, sorted. */
function activeFilters(query: FilterQuery): string[] {
  const names = Object.keys(query) as (keyof FilterQuery)[]
  return names.filter((name) => !WINDOW_PARAMETERS.has(name) && narrows(query, name)).sort()
}

function narrows(query: FilterQuery, name: keyof FilterQuery): boolean {
  if (name === 'tool_match') return false
  return query[name] !== undefined && query[name] !== ''
}
