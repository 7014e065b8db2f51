import type { StoredBatch } from '#lib/model/batch.ts'
import { allOf, createQueries, type Queries, raw, type Sql, sql, valueList } from './queries/sql.ts'
import { BATCH_COLUMNS, type BatchRow, decodeBatchRow } from './sqlite/batch-row.ts'
import { createDimensionReader, type DimensionKind, OTHER_ID } from './sqlite/dimensions.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** Entries of the log that are looked at in one stretch, and batches that are taken from it. */
const STRETCH_ENTRIES = 10_000
const STRETCH_BATCHES = 250
/** Where the stretches hold so few from before the onset, an agent is rare, and its signatures are followed. */
const FEW_BEFORE = 60
const SIGNATURES = 8
const SIGNATURE_ENTRIES = 2_000
const SIGNATURE_BATCHES = 100

/** Whose batches are asked for. */
export interface EvidenceScope {
  /** Null = of every agent. */
  readonly agent: string | null
  readonly environment: string
  /** Only batches that hold any, or all, of these; none named = any batch. */
  readonly tools: { readonly names: readonly string[]; readonly match: 'any' | 'all' }
}

/** Batches around the onset of an alert. */
export interface EvidenceBatches {
  /**
   * Batches of the scope near the onset and near position `asOfSeq`, as they counted just after it: each once, in
   * order of the log. Bounded by counts of entries up to that position alone, so that a rebuild reads the same.
   */
  read(scope: EvidenceScope, onsetUs: number, asOfSeq: number): StoredBatch[]
}

interface FoundRow {
  readonly seq: number
  readonly started_at_us: number
  readonly signature_id: number
}

export function createEvidenceBatches(db: SqliteDatabase): EvidenceBatches {
  const queries = createQueries(db)
  const dimensions = createDimensionReader(db)
  const idOf = (kind: DimensionKind, name: string) => dimensions.ids(kind, [name])[0] ?? OTHER_ID

  return {
    read({ agent, environment, tools }, onsetUs, asOfSeq) {
      const scope = [sql`environment_id = ${idOf('environment', environment)}`]
      if (agent !== null) scope.push(sql`agent_id = ${idOf('agent', agent)}`)
      scope.push(
        ...holdsTools(
          tools.names.map((name) => idOf('tool', name)),
          tools.match,
        ),
      )
      const log = createLogAsOf(queries, allOf(scope), asOfSeq)
      const found = new Map(readStretches(log, onsetUs, asOfSeq).map((row) => [row.seq, row]))
      const before = [...found.values()].filter((row) => row.started_at_us < onsetUs)
      if (before.length < FEW_BEFORE)
        for (const id of commonSignatures([...found.values()]))
          for (const row of log.ofSignature(id, onsetUs)) found.set(row.seq, row)
      const batches = [...found.keys()].sort((a, b) => a - b).map(log.readBatch)
      return batches
        .map((row) => decodeBatchRow(row, dimensions))
        .filter((batch) => batch.environment === environment && (agent === null || batch.agent === agent))
    },
  }
}

function holdsTools(ids: readonly number[], match: 'any' | 'all'): Sql[] {
  if (ids.length === 0) return []
  const holds = (tools: Sql) =>
    sql`exists (select 1 from signature_tools t where t.tool_id ${tools} and t.signature_id = looked.signature_id)`
  return match === 'any' ? [holds(sql`in ${valueList(ids)}`)] : ids.map((id) => holds(sql`= ${id}`))
}

type LogAsOf = ReturnType<typeof createLogAsOf>

/** The log as it was at a position. Each way to read it looks at a bounded number of entries that counted then. */
function createLogAsOf(queries: Queries, scope: Sql, asOfSeq: number) {
  const counted = sql`seq > 0 and seq <= ${asOfSeq} and (retracted_by is null or retracted_by > ${asOfSeq})`
  const columns = raw('seq, started_at_us, signature_id, agent_id, environment_id, retracted_by')

  const stretch = (from: Sql, order: Sql) =>
    queries.all<FoundRow>(sql`select seq, started_at_us, signature_id from (select ${columns} from batches
      where ${from} order by seq ${order} limit ${STRETCH_ENTRIES}) looked where ${counted} and ${scope}
      limit ${STRETCH_BATCHES}`)

  return {
    upTo: (seq: number) => stretch(sql`seq <= ${seq}`, raw('desc')),
    after: (seq: number) => stretch(sql`seq > ${seq} and seq <= ${asOfSeq}`, raw('asc')),
    /** The entry that started last before a time; 0 when none did. */
    lastBefore: (us: number) =>
      queries.get<{ seq: number }>(sql`select seq from batches indexed by batches_started
        where started_at_us < ${us} and seq > 0 and seq <= ${asOfSeq} order by started_at_us desc, seq desc limit 1`)
        ?.seq ?? 0,
    ofSignature: (id: number, beforeUs: number) =>
      queries.all<FoundRow>(sql`select seq, started_at_us, signature_id from (
        select ${columns} from batches indexed by batches_signature
        where signature_id = ${id} and started_at_us < ${beforeUs} and seq <= ${asOfSeq}
        order by started_at_us desc, seq desc limit ${SIGNATURE_ENTRIES}) looked
        where ${counted} and ${scope} limit ${SIGNATURE_BATCHES}`),
    readBatch: (seq: number) =>
      queries.get<BatchRow>(sql`select ${raw(BATCH_COLUMNS)} from batches where seq = ${seq}`) as BatchRow,
  }
}

/** The newest entries, and those on both sides of the onset; where it was lately they overlap. */
function readStretches(log: LogAsOf, onsetUs: number, asOfSeq: number): FoundRow[] {
  const onsetSeq = log.lastBefore(onsetUs)
  return [...log.upTo(asOfSeq), ...log.upTo(onsetSeq), ...log.after(onsetSeq)]
}

/** The signatures met most often; among equals the one that was first recorded. */
function commonSignatures(rows: readonly FoundRow[]): number[] {
  const counts = new Map<number, number>()
  for (const { signature_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, SIGNATURES)
    .map(([id]) => id)
}
