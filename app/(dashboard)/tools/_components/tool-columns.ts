import type { ToolSort, ToolSortKey } from '#lib/charts/tool-rows.ts'

export interface ToolColumn {
  /** Also the name of its class. */
  readonly key: ToolSortKey
  readonly label: string
  readonly title: string
  /** The order that a first press gives. */
  readonly firstOrder: ToolSort['order']
}

/** Every column of the tools that is a number or a name, in their order. */
export const TOOL_COLUMNS: readonly ToolColumn[] = [
  { key: 'effect', label: '', title: 'Effect on what it touches', firstOrder: 'desc' },
  { key: 'tool', label: 'Tool', title: 'Name', firstOrder: 'asc' },
  { key: 'calls', label: 'Calls', title: 'Calls, run or not', firstOrder: 'desc' },
  { key: 'p50', label: 'p50', title: 'Half of its calls that ran took no longer', firstOrder: 'desc' },
  { key: 'p95', label: 'p95', title: '95 of 100 of its calls that ran took no longer', firstOrder: 'desc' },
  { key: 'p99', label: 'p99', title: '99 of 100 of its calls that ran took no longer', firstOrder: 'desc' },
  {
    key: 'failing',
    label: 'Failing',
    title: 'Share of calls that ended in error or timeout',
    firstOrder: 'desc',
  },
  {
    key: 'slowest',
    label: 'Slowest in',
    title: 'Share of its parallel batches of two calls or more in which it was the slowest sibling',
    firstOrder: 'desc',
  },
  { key: 'alone', label: 'Waited alone', title: 'How long turns waited for it alone', firstOrder: 'desc' },
]

/** What a column is called where its head is empty. */
export function columnName({ label }: ToolColumn): string {
  return label === '' ? 'Effect' : label
}
