import type { Tool } from '#lib/contract/reads.ts'
import { EFFECTS } from '#lib/model/vocabulary.ts'
import { type DecadeScale, prepareDecades, type RangeBar } from './breakdown.ts'

/** What the rows of the tools can be ordered by; each is a column. */
export const TOOL_SORT_KEYS = [
  'tool',
  'effect',
  'calls',
  'p50',
  'p95',
  'p99',
  'failing',
  'slowest',
  'alone',
] as const
export type ToolSortKey = (typeof TOOL_SORT_KEYS)[number]

export interface ToolSort {
  readonly key: ToolSortKey
  readonly order: 'asc' | 'desc'
}

export interface ToolRow extends Tool {
  /** Share of its calls that ended in error or timeout; null without calls. */
  readonly failingShare: number | null
  readonly bar: RangeBar | null
  /** Length of the bar of its slowest share against the longest one, 0 to 1. */
  readonly slowestBar: number
  /** True for the one tool that turns waited for longest. */
  readonly isSlowest: boolean
}

export interface ToolTable {
  readonly rows: readonly ToolRow[]
  readonly scale: DecadeScale | null
  readonly calls: number
  readonly blockedMs: number
}

/** The rows whose names contain `find`, in the asked order; bars are on scales of all tools. */
export function prepareToolRows(tools: readonly Tool[], sort: ToolSort, find = ''): ToolTable {
  const scale = prepareDecades(tools)
  const longest = Math.max(0, ...tools.map((tool) => tool.slowest_share ?? 0))
  const mostBlocked = Math.max(0, ...tools.map((tool) => tool.blocked_ms))
  const wanted = find.trim().toLowerCase()
  const rows = tools
    .filter((tool) => tool.tool.toLowerCase().includes(wanted))
    .map(
      (tool): ToolRow => ({
        ...tool,
        failingShare: failingShare(tool),
        bar: scale?.barOf(tool) ?? null,
        slowestBar: longest > 0 ? (tool.slowest_share ?? 0) / longest : 0,
        isSlowest: mostBlocked > 0 && tool.blocked_ms === mostBlocked,
      }),
    )
    .sort(comparator(sort))
  return {
    rows,
    scale,
    calls: tools.reduce((total, tool) => total + tool.calls, 0),
    blockedMs: tools.reduce((total, tool) => total + tool.blocked_ms, 0),
  }
}

/** Share of calls that ended in error or timeout; null without calls. */
export function failingShare({ calls, outcomes }: Pick<Tool, 'calls' | 'outcomes'>): number | null {
  return calls === 0 ? null : (outcomes.error + outcomes.timeout) / calls
}

const VALUES: Record<Exclude<ToolSortKey, 'tool'>, (row: ToolRow) => number | null> = {
  effect: (row) => EFFECTS.indexOf(row.effect),
  calls: (row) => row.calls,
  p50: (row) => row.p50_ms,
  p95: (row) => row.p95_ms,
  p99: (row) => row.p99_ms,
  failing: (row) => row.failingShare,
  slowest: (row) => row.slowest_share,
  alone: (row) => row.blocked_ms,
}

/** A value that does not exist comes last in either order; equals are in the order of their names. */
function comparator({ key, order }: ToolSort): (a: ToolRow, b: ToolRow) => number {
  const sign = order === 'asc' ? 1 : -1
  if (key === 'tool') return (a, b) => sign * byName(a, b)
  const read = VALUES[key]
  return (a, b) => {
    const left = read(a)
    const right = read(b)
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b)
    return sign * (left - right) || byName(a, b)
  }
}

function byName(a: Tool, b: Tool): number {
  return a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0
}
