import type { CallRow, FoldRow, Row } from './model.ts'
import { durationUs } from './order-rows.ts'
import { prepareSteps } from './steps.ts'

/*
 * Folding of identical siblings: one tool, one effect, one outcome.
 *
 * - Every call is in the result exactly once: as a row of its own, or as a member of one fold. The rows of
 *   an open fold follow it, marked as nested.
 * - A failure never hides behind a success, because the outcome is part of what makes calls alike.
 * - The slowest sibling is never folded.
 * - Below the threshold nothing changes.
 */

/** Up to so many rows a person reads one by one. */
const FOLD_ABOVE_ROWS = 60
/** Fewer alike calls than this are no crowd. */
const FOLD_LEAST_MEMBERS = 8
/** Among so many rows even two alike calls are better seen as one row. */
const CROWD_ROWS = 600

export interface FoldOptions {
  /** Keys of the folds that are open. */
  readonly open: ReadonlySet<string>
  readonly aboveRows?: number
  readonly leastMembers?: number
}

/** `rows` in the order to show them; a fold stands where its first member stood. */
export function foldRows(rows: readonly CallRow[], options: FoldOptions): readonly Row[] {
  const { open } = options
  const leastMembers = leastMembersOf(rows, options)
  if (leastMembers === null) return rows
  const groups = groupAlike(rows)
  const result: Row[] = []
  const done = new Set<string>()
  for (const row of rows) {
    const key = foldKey(row)
    const members = row.slowest ? undefined : groups.get(key)
    if (!members || members.length < leastMembers) {
      result.push(row)
      continue
    }
    if (done.has(key)) continue
    done.add(key)
    const fold = createFold(key, members, open.has(key))
    result.push(fold)
    if (fold.open) for (const member of members) result.push({ ...member, nested: true })
  }
  return result
}

/** Whether folding would change anything, without the work of it. */
export function isFoldable(rows: readonly CallRow[], options: Omit<FoldOptions, 'open'> = {}): boolean {
  const leastMembers = leastMembersOf(rows, options)
  if (leastMembers === null) return false
  for (const group of groupAlike(rows).values()) if (group.length >= leastMembers) return true
  return false
}

/** Null for so few rows that none are folded. */
function leastMembersOf(rows: readonly CallRow[], options: Omit<FoldOptions, 'open'>): number | null {
  if (rows.length <= (options.aboveRows ?? FOLD_ABOVE_ROWS)) return null
  return options.leastMembers ?? (rows.length > CROWD_ROWS ? 2 : FOLD_LEAST_MEMBERS)
}

function groupAlike(rows: readonly CallRow[]): ReadonlyMap<string, CallRow[]> {
  const groups = new Map<string, CallRow[]>()
  for (const row of rows) {
    if (row.slowest) continue
    const key = foldKey(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}

/** Effects and outcomes hold no colon, so the name of the tool may hold what it likes. */
export function foldKey({ tool, effect, outcome }: Pick<CallRow, 'tool' | 'effect' | 'outcome'>): string {
  return `fold:${effect}:${outcome}:${tool}`
}

function createFold(key: string, members: readonly CallRow[], open: boolean): FoldRow {
  const [first] = members
  if (!first) throw new RangeError('a fold has at least one member')
  let startUs: number | null = null
  let endUs: number | null = null
  const ends: number[] = []
  const durations: number[] = []
  for (const member of members) {
    const duration = durationUs(member)
    if (member.startUs === null || member.endUs === null || duration === null) continue
    startUs = Math.min(startUs ?? member.startUs, member.startUs)
    endUs = Math.max(endUs ?? member.endUs, member.endUs)
    ends.push(member.endUs)
    durations.push(duration)
  }
  return {
    kind: 'fold',
    key,
    tool: first.tool,
    effect: first.effect,
    outcome: first.outcome,
    seq: first.seq,
    members,
    open,
    startUs,
    endUs,
    medianEndUs: median(ends),
    medianDurationUs: median(durations),
    inFlight: prepareSteps(members.flatMap((member) => member.segments)),
  }
}

/** Lower nearest rank, as everywhere. */
function median(values: number[]): number | null {
  values.sort((a, b) => a - b)
  return values[Math.floor((values.length - 1) / 2)] ?? null
}
