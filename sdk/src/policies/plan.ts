import type { Effect } from '../types.ts'

/** What is known of a call before it runs. */
export interface PlannedCall {
  readonly effect: Effect | null
  /** Null when nobody said what it touches. */
  readonly resources: readonly string[] | null
}

/** How the calls of one batch may overlap, beyond what the mode says. */
export interface BatchPlan {
  /** By position: it overlaps no sibling. */
  readonly alone: readonly boolean[]
  /** By position: the earlier calls that it waits for, because both touch something that one of them writes. */
  readonly after: readonly (readonly number[])[]
}

/** Pairs with a write that are looked at one by one, and named if need be; in larger batches writes run alone. */
const MAX_PAIRS = 40_000
/** The contract's bound on one call's edges. */
const MAX_EDGES = 1_000

const writes = ({ effect }: PlannedCall) => effect !== 'read'

/**
 * Tells which calls are independent. Reads are, of each other. A write is independent of a sibling only if
 * both say what they touch and have nothing in common; a tool that nobody classified counts as a write.
 *
 * `isSole`: nothing but this plan orders the calls. Then edges that others imply are left out; else one of
 * those others might be ignored for closing a cycle, or lead to a call that is skipped before its turn.
 */
export function planBatch(
  calls: readonly PlannedCall[],
  mode: 'one-at-a-time' | 'independent',
  isSole: boolean,
): BatchPlan {
  const alone = findAlone(calls)
  const paths = calls.map(({ resources }) => (resources ?? []).map(normalisePath))
  const mustWait = (j: number, i: number) => {
    const written = [calls[i], calls[j]].filter((call) => call !== undefined && writes(call)).length
    if (alone[i] || written === 0) return false
    return (written === 2 && mode === 'one-at-a-time') || share(paths[j] ?? [], paths[i] ?? [])
  }
  const after: number[][] = []
  // What each call comes after, by way of others too.
  const reached: Set<number>[] = []
  for (const j of calls.keys()) {
    const list: number[] = []
    const reach = new Set<number>()
    for (let i = j - 1; i >= 0 && !alone[j]; i--) {
      if ((isSole && reach.has(i)) || !mustWait(j, i)) continue
      list.unshift(i)
      reach.add(i)
      for (const other of reached[i] ?? []) reach.add(other)
    }
    after.push(list)
    reached.push(reach)
  }
  return { alone, after }
}

function findAlone(calls: readonly PlannedCall[]): boolean[] {
  const written = calls.filter(writes).length
  const isLarge = written * calls.length > MAX_PAIRS || (written > 0 && calls.length > MAX_EDGES)
  // A read that does not say what it reads may read what a sibling writes.
  const blind = calls.some((call) => !writes(call) && call.resources === null)
  const mayShare = calls.length > 1
  return calls.map((call) => mayShare && writes(call) && (call.resources === null || blind || isLarge))
}

/** Paths are `/`-separated, and one contains everything below it; the root contains all. */
function share(a: readonly string[], b: readonly string[]): boolean {
  const isBelow = (path: string, top: string) => top === '' || path === top || path.startsWith(`${top}/`)
  return a.some((path) => b.some((other) => isBelow(path, other) || isBelow(other, path)))
}

/** `/orders//1042/` is `orders/1042`. */
function normalisePath(path: string): string {
  return path.split('/').filter(Boolean).join('/')
}
