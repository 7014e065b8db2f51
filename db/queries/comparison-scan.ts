import type { Deadline } from './deadline.ts'
import { type UsWindow, windowCondition } from './filter.ts'
import { type Queries, raw, type Sql, sql } from './sql.ts'

/** A row that the comparison may look at. */
export interface ScanRow {
  readonly seq: number
  readonly startedAtUs: number
  readonly mode: number | null
  readonly size: number
  readonly wallUs: number | null
  readonly outcomeMask: number
}

/** Which rows; whether they still count is not part of it. */
export interface ScanFilter {
  readonly window: UsWindow
  readonly condition: Sql
}

export interface ScanVisitor {
  add(row: ScanRow): void
  /** The batch at this position no longer counts. */
  retract(row: ScanRow): void
}

const CHUNK = 500
const COLUMNS = raw(
  `seq, started_at_us as startedAtUs, mode, size, wall_us as wallUs, outcome_mask as outcomeMask`,
)

/**
 * Reads the rows of a filter once each, however many calls it takes: what is in the log when it begins by start,
 * then what comes by its place in the log, retractions included.
 */
export class ComparisonScan {
  readonly #queries: Queries
  readonly #filter: ScanFilter
  /** The log up to here is read by start. */
  readonly #firstSeq: number
  #after: { us: number; seq: number } | null
  /** Everything after the first part was read up to here. */
  #seq: number
  /** Where the first row lies in the log: how far reading has come is told from there. */
  #beginSeq: number | null = null

  constructor(queries: Queries, filter: ScanFilter) {
    this.#queries = queries
    this.#filter = filter
    this.#firstSeq = readLastSeq(queries)
    this.#seq = this.#firstSeq
    this.#after = { us: filter.window.fromUs ?? Number.MIN_SAFE_INTEGER, seq: -1 }
  }

  /** Reads on until the deadline. True when nothing is left. */
  advance(visitor: ScanVisitor, deadline: Deadline): boolean {
    while (this.#after !== null) {
      this.#readByStart(this.#after, visitor)
      if (deadline.isOver()) return false
    }
    for (;;) {
      const lastSeq = readLastSeq(this.#queries)
      if (this.#seq >= lastSeq) return true
      this.#readByPlace(Math.min(lastSeq, this.#seq + CHUNK), visitor)
      if (deadline.isOver()) return this.#seq >= lastSeq
    }
  }

  /** Roughly how much of what there was at the beginning has been read, 0 to 1. */
  share(): number {
    if (this.#after === null) return 1
    if (this.#beginSeq === null || this.#firstSeq <= this.#beginSeq) return 0
    const share = (this.#after.seq - this.#beginSeq) / (this.#firstSeq - this.#beginSeq)
    return Math.min(1, Math.max(0, share))
  }

  /** What was taken back since is taken back when its place comes. */
  #readByStart(after: { us: number; seq: number }, visitor: ScanVisitor): void {
    const { window, condition } = this.#filter
    const own = this.#queries.all<ScanRow & { isOwn: number }>(sql`select ${COLUMNS},
      (seq > 0 and seq <= ${this.#firstSeq} and provisional = 0
      and (retracted_by is null or retracted_by > ${this.#firstSeq}) and ${condition}) as isOwn
      from batches indexed by batches_started where ${windowCondition({ ...window, fromUs: null })}
      and (started_at_us, seq) > (${after.us}, ${after.seq}) order by started_at_us, seq limit ${CHUNK}`)
    for (const row of own) if (row.isOwn === 1) visitor.add(row)
    const last = own.at(-1)
    this.#beginSeq ??= own[0]?.seq ?? null
    this.#after = own.length < CHUNK || last === undefined ? null : { us: last.startedAtUs, seq: last.seq }
  }

  #readByPlace(throughSeq: number, visitor: ScanVisitor): void {
    const { window, condition } = this.#filter
    const within = sql`${windowCondition(window)} and ${condition}`
    // A batch that came and went in between is added and taken back.
    const added = this.#queries.all<ScanRow>(sql`select ${COLUMNS} from batches where seq > ${this.#seq}
      and seq <= ${throughSeq} and provisional = 0 and ${within} order by seq`)
    for (const row of added) visitor.add(row)
    const gone = this.#queries.all<ScanRow>(sql`select ${COLUMNS} from batches where seq in
      (select batch_seq from retractions where seq > ${this.#seq} and seq <= ${throughSeq})
      and seq > 0 and provisional = 0 and ${within}`)
    for (const row of gone) visitor.retract(row)
    this.#seq = throughSeq
  }
}

function readLastSeq(queries: Queries): number {
  const row = queries.get<{ seq: number }>(sql`select max(coalesce((select max(seq) from batches), 0),
    coalesce((select max(seq) from retractions), 0)) as seq`)
  return row?.seq ?? 0
}
