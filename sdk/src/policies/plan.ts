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

/** Pairs that are looked at one by one; in larger batches writes run alone. */
const MAX_PAIRS = 200_000
/** The contract's bound on one call's edges. */
const MAX_EDGES = 1_000

const writes = ({ effect }: PlannedCall) => effect !== 'read'

/**
 * Tells which calls are independent. Reads are, of each other. A write is independent of a sibling only if
 * both say what they touch and have nothing in common; a tool that nobody classified counts as a write.
 */
export function planBatch(calls: readonly PlannedCall[], mode: 'one-at-a-time' | 'independent'): BatchPlan {
  const alone = findAlone(calls)
  const after: number[][] = calls.map(() => [])
  const paths = calls.map(({ resources }) => (resources ?? []).map(normalisePath))
  // What each call comes after, by way of others too: edges that these imply are left out.
  const reached: Set<number>[] = []
  let lastWrite = -1
  for (const [j, call] of calls.entries()) {
    const reach = new Set<number>()
    reached.push(reach)
    if (alone[j]) continue
    const list = after[j] as number[]
    const add = (i: number) => {
      if (reach.has(i)) return
      list.push(i)
      reach.add(i)
      for (const other of reached[i] ?? []) reach.add(other)
    }
    const isWrite = writes(call)
    if (isWrite && mode === 'one-at-a-time' && lastWrite >= 0) add(lastWrite)
    for (let i = j - 1; i >= 0; i--) {
      const other = calls[i] as PlannedCall
      if (!alone[i] && (isWrite || writes(other)) && share(paths[j] ?? [], paths[i] ?? [])) add(i)
    }
    if (isWrite) lastWrite = j
    list.sort((a, b) => a - b)
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
