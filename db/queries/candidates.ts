import type { ReadContext } from './context.ts'
import { type RowFilter, windowCondition } from './filter.ts'
import { raw, type Sql, sql } from './sql.ts'

/** The signatures that satisfy a tool filter; null when they are too many to be listed. */
export function listSignatures(
  { queries, limits }: ReadContext,
  { ids, match }: NonNullable<RowFilter['tools']>,
): number[] | null {
  const listOf = (query: Sql) => queries.all<{ id: number }>(query).map((row) => row.id)
  // One further than may be listed tells that there are too many; looking for it first costs next to nothing.
  const hasTooMany = (id: number) =>
    queries.get(
      sql`select 1 from signature_tools where tool_id = ${id} limit 1 offset ${limits.signatures}`,
    ) !== undefined
  const rare = ids.filter((id) => !hasTooMany(id))
  if (rare.length === 0 || (match === 'any' && rare.length < ids.length)) return null
  const byTool = rare.map((id) =>
    listOf(sql`select signature_id as id from signature_tools where tool_id = ${id}`),
  )
  if (match === 'any') {
    const union = [...new Set(byTool.flat())]
    return union.length > limits.signatures ? null : union
  }
  const shortest = byTool.reduce((best, list) => (list.length < best.length ? list : best))
  return ids.reduce(
    (left, id) =>
      listOf(sql`select signature_id as id from signature_tools
        where tool_id = ${id} and signature_id in (select value from json_each(${JSON.stringify(left)}))`),
    shortest,
  )
}

/** Positions of all rows that can match, when an index shows that they are few; else null. */
export function listCandidates(
  context: ReadContext,
  filter: RowFilter,
  signatureIds: readonly number[] | null,
): number[] | null {
  const window = windowCondition(filter.window)
  const ofKeys = filter.keys.length > 0 ? collect(context, filter.keys) : null
  if (ofKeys !== null) return ofKeys
  if (signatureIds !== null) {
    const listed = sql`signature_id in (select value from json_each(${JSON.stringify(signatureIds)}))`
    const ofTools = collect(context, [sql`${listed} and ${window}`], 'batches_signature')
    if (ofTools !== null) return ofTools
  }
  const isWindowed = filter.window.fromUs !== null || filter.window.toUs !== null
  return isWindowed ? collect(context, [window], 'batches_started') : null
}

function collect(
  { queries, limits }: ReadContext,
  conditions: readonly Sql[],
  index: string | null = null,
): number[] | null {
  const from = raw(index === null ? 'batches' : `batches indexed by ${index}`)
  const seqs = new Set<number>()
  for (const condition of conditions) {
    const query = sql`select seq from ${from} where ${condition} limit ${limits.candidates + 1}`
    for (const { seq } of queries.all<{ seq: number }>(query)) seqs.add(seq)
    if (seqs.size > limits.candidates) return null
  }
  return [...seqs]
}
