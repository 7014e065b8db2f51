import type { ListPosition } from '#lib/contract/cursor.ts'
import type { Deadline } from './deadline.ts'

/** A row that passed the filter. */
export interface Hit extends ListPosition {
  readonly startedAtUs: number
  /** Bit o is set when some call has outcome o. */
  readonly outcomeMask: number
}

/** Rows in the order of the list, looked at a bounded number at a time. */
export interface Source {
  /**
   * The last row looked at; every row before it that passes the filter has been returned. Null before the
   * first step. Meaningless once `isDone`.
   */
  readonly frontier: Hit | null
  readonly isDone: boolean
  /** Looks at about `rows` further rows and returns those that pass. */
  advance(rows: number): Hit[]
}

/** What a scan found in the time it had. */
export interface ScanResult {
  /** In the order of the list; at most as many as wanted. */
  readonly hits: readonly Hit[]
  /** Where to go on; null when nothing is left. */
  readonly next: ListPosition | null
  /** The last row looked at when time ran out before enough rows were found; else null. */
  readonly stoppedAt: Hit | null
}

/** Rows of the first step. Read cold, each may cost a page from the disk. */
const FIRST_ROWS = 64
const MAX_ROWS = 8_192

/**
 * Merges sources into the first `want` rows. What the sources have passed so far is final up to the frontier
 * of the one that lags behind, so that one is advanced until there is enough or time is up. Steps grow
 * while they stay short against the time that is left; at least one step is always made.
 *
 *     a ──x──x────┤frontier
 *     b ─────x─┤frontier         final: everything up to here
 */
export function scanSources(
  sources: readonly Source[],
  want: number,
  compare: (a: ListPosition, b: ListPosition) => number,
  deadline: Deadline,
): ScanResult {
  const found: Hit[] = []
  let rows = FIRST_ROWS
  for (;;) {
    const laggard = findLaggard(sources, compare)
    if (laggard === null) return finish(found, want, compare)
    const limit = laggard.frontier
    const final = limit === null ? [] : found.filter((hit) => compare(hit, limit) <= 0)
    if (final.length > want) return finish(final, want, compare)
    if (limit !== null && deadline.isOver()) {
      return { hits: final.sort(compare), next: limit, stoppedAt: limit }
    }
    const beforeMs = deadline.leftMs()
    found.push(...laggard.advance(rows))
    const afterMs = deadline.leftMs()
    if ((beforeMs - afterMs) * 4 < afterMs) rows = Math.min(MAX_ROWS, rows * 2)
  }
}

function finish(
  found: Hit[],
  want: number,
  compare: (a: ListPosition, b: ListPosition) => number,
): ScanResult {
  const hits = found.sort(compare).slice(0, want)
  const last = hits.at(-1)
  return { hits, next: found.length > want && last ? last : null, stoppedAt: null }
}

/** The open source whose frontier comes first; null when all are done. */
function findLaggard(
  sources: readonly Source[],
  compare: (a: ListPosition, b: ListPosition) => number,
): Source | null {
  let laggard: Source | null = null
  for (const source of sources) {
    if (source.isDone) continue
    if (source.frontier === null) return source
    if (laggard?.frontier == null || compare(source.frontier, laggard.frontier) < 0) laggard = source
  }
  return laggard
}
