import type { RowFilter } from './filter.ts'
import { windowCondition } from './filter.ts'
import { type Queries, raw, type Sql, sql } from './sql.ts'

/** So many rows are read and sorted at once faster than an index is scanned for them. */
const MAX_CANDIDATES = 8_000
/** Past this many signatures a tool is frequent enough to be met in a scan. */
const MAX_SIGNATURES = 4_000

/** The signatures that satisfy a tool filter; null when they are too many to be listed. */
export function listSignatures(
  queries: Queries,
  { ids, match }: NonNullable<RowFilter['tools']>,
): number[] | null {
  const ofTool = ids.map((id) => {
    const query = sql`select signature_id as id from signature_tools where tool_id = ${id} limit ${MAX_SIGNATURES + 1}`
    return queries.all<{ id: number }>(query).map((row) => row.id)
  })
  if (match === 'any') {
    const union = [...new Set(ofTool.flat())]
    return union.length > MAX_SIGNATURES ? null : union
  }
  const shortest = ofTool.reduce((best, list) => (list.length < best.length ? list : best))
  if (shortest.length > MAX_SIGNATURES) return null
  return ids.reduce((left, id) => keepThoseWith(queries, left, id), shortest)
}

function keepThoseWith(queries: Queries, signatureIds: readonly number[], toolId: number): number[] {
  const query = sql`select signature_id as id from signature_tools
    where tool_id = ${toolId} and signature_id in (select value from json_each(${JSON.stringify(signatureIds)}))`
  return queries.all<{ id: number }>(query).map((row) => row.id)
}

/** Positions of all rows that can match, when an index shows that they are few; else null. */
export function listCandidates(
  queries: Queries,
  filter: RowFilter,
  signatureIds: readonly number[] | null,
): number[] | null {
  const window = windowCondition(filter.window)
  const ofKeys = filter.keys.length > 0 ? collect(queries, filter.keys) : null
  if (ofKeys !== null) return ofKeys
  if (signatureIds !== null) {
    const listed = sql`signature_id in (select value from json_each(${JSON.stringify(signatureIds)}))`
    const ofTools = collect(queries, [sql`${listed} and ${window}`], 'batches_signature')
    if (ofTools !== null) return ofTools
  }
  return window.text === 'true' ? null : collect(queries, [window], 'batches_started')
}

function collect(queries: Queries, conditions: readonly Sql[], index: string | null = null): number[] | null {
  const from = raw(index === null ? 'batches' : `batches indexed by ${index}`)
  const seqs = new Set<number>()
  for (const condition of conditions) {
    const query = sql`select seq from ${from} where ${condition} limit ${MAX_CANDIDATES + 1}`
    for (const { seq } of queries.all<{ seq: number }>(query)) seqs.add(seq)
    if (seqs.size > MAX_CANDIDATES) return null
  }
  return [...seqs]
}
