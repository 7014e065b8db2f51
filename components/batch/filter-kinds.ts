import type { FilterValues } from '#components/query/view-state.ts'
import { OUTCOME_WORDS } from '#components/ui/glyphs.tsx'
import type { Facets } from '#lib/contract/reads.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { MODES, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'

type ListKey = 'tool' | 'slowest_tool' | 'outcome' | 'mode' | 'version' | 'model' | 'source'
type NumberKey = 'min_wall_ms' | 'min_size' | 'min_serialization'

/** A filter of which any of several values may hold. */
export interface ListKind {
  readonly type: 'list'
  readonly key: ListKey
  readonly label: string
  /** The values there are to choose from. */
  readonly optionsOf: (facets: Facets | undefined) => readonly string[]
  readonly wordOf?: (value: string) => string
}

/** A filter with a lower bound. */
export interface NumberKind {
  readonly type: 'number'
  readonly key: NumberKey
  readonly label: string
  readonly unit: string
  readonly min: number
  readonly max?: number
  readonly step: number
  readonly presets: readonly number[]
  readonly describe: (value: number) => string
}

export type FilterKind = ListKind | NumberKind

/** Every filter of the list but those of the top bar and the search for an id. */
export const FILTER_KINDS: readonly FilterKind[] = [
  { type: 'list', key: 'tool', label: 'tool', optionsOf: (facets) => facets?.tools ?? [] },
  { type: 'list', key: 'slowest_tool', label: 'slowest sibling', optionsOf: (facets) => facets?.tools ?? [] },
  { type: 'list', key: 'outcome', label: 'outcome', optionsOf: () => OUTCOMES, wordOf: outcomeWord },
  {
    type: 'number',
    key: 'min_wall_ms',
    label: 'wall',
    unit: 'ms',
    min: 0,
    step: 1,
    presets: [100, 500, 1000, 5000],
    describe: (value) => `over ${value < 1000 ? `${value} ms` : `${value / 1000} s`}`,
  },
  {
    type: 'number',
    key: 'min_serialization',
    label: 'serialization',
    unit: '0 to 1',
    min: 0,
    max: 1,
    step: 0.05,
    presets: [0.1, 0.5, 0.9],
    describe: (value) => `at least ${value}`,
  },
  {
    type: 'number',
    key: 'min_size',
    label: 'size',
    unit: 'calls',
    min: 1,
    step: 1,
    presets: [2, 5, 9],
    describe: (value) => `at least ${formatNoun(value, 'call', 'calls')}`,
  },
  { type: 'list', key: 'mode', label: 'mode', optionsOf: () => MODES },
  { type: 'list', key: 'version', label: 'version', optionsOf: (facets) => facets?.versions ?? [] },
  { type: 'list', key: 'model', label: 'model', optionsOf: (facets) => facets?.models ?? [] },
  { type: 'list', key: 'source', label: 'source', optionsOf: () => SOURCES },
]

function outcomeWord(value: string): string {
  const outcome = OUTCOMES.find((known) => known === value)
  return outcome === undefined ? value : OUTCOME_WORDS[outcome]
}

/** What a filter is set to, in words; null when it is not set. */
export function describeFilter(kind: FilterKind, values: FilterValues): string | null {
  if (kind.type === 'number') {
    const value = values[kind.key]
    return value === null ? null : kind.describe(value)
  }
  const chosen = values[kind.key].map((value) => middleTruncate(kind.wordOf?.(value) ?? value, 28))
  if (chosen.length === 0) return null
  const joint = kind.key === 'tool' && values.tool_match === 'all' ? ' and ' : ' or '
  if (chosen.length <= 2) return chosen.join(joint)
  return `${chosen.slice(0, 2).join(joint)}${joint}${chosen.length - 2} more`
}

/** How many filters are set, the search for an id included. */
export function countFilters(values: FilterValues): number {
  const set = FILTER_KINDS.filter((kind) => describeFilter(kind, values) !== null).length
  return set + (values.q === null ? 0 : 1)
}
