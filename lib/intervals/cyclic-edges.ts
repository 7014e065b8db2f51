/** From a call to one that it waits for; both are node numbers. */
export interface Edge {
  readonly from: number
  readonly to: number
}

/**
 * Steps that the search for cycles may take in one batch. Honest batches take none, because only edges
 * between nodes that lie on or between cycles are searched at all; a hostile one must not hold up its
 * neighbours. Past the bound every such edge counts as cyclic.
 */
const MAX_SEARCH_STEPS = 5_000_000

/**
 * Takes `edges` one after another and marks (1) each that closes a cycle with those taken before it and
 * therefore is not taken. Null when there is no cycle at all. Linear then; iterative always.
 */
export function findCyclicEdges(nodeCount: number, edges: readonly Edge[]): Uint8Array | null {
  const core = findCore(nodeCount, edges)
  if (core === null) return null
  const cyclic = new Uint8Array(edges.length)
  const taken: number[][] = Array.from({ length: nodeCount }, () => [])
  const visitedFor = new Int32Array(nodeCount).fill(-1)
  let stepsLeft = MAX_SEARCH_STEPS
  const reaches = (start: number, goal: number, stamp: number): boolean => {
    const stack = [start]
    visitedFor[start] = stamp
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (const next of taken[node] ?? []) {
        stepsLeft--
        if (next === goal || stepsLeft < 0) return true
        if (visitedFor[next] === stamp) continue
        visitedFor[next] = stamp
        stack.push(next)
      }
    }
    return false
  }
  for (const [position, { from, to }] of edges.entries()) {
    if (!core[from] || !core[to]) continue
    if (stepsLeft < 0 || reaches(to, from, position)) cyclic[position] = 1
    else taken[from]?.push(to)
  }
  return cyclic
}

/**
 * Peels off, from both ends, the nodes that nothing leads to or from. What is left (1) lies on or between
 * cycles; null when nothing is left.
 */
function findCore(nodeCount: number, edges: readonly Edge[]): Uint8Array | null {
  const core = new Uint8Array(nodeCount).fill(1)
  let left = nodeCount
  for (const reversed of [false, true]) {
    const next: number[][] = Array.from({ length: nodeCount }, () => [])
    const incoming = new Int32Array(nodeCount)
    for (const edge of edges) {
      if (!core[edge.from] || !core[edge.to]) continue
      const [tail, head] = reversed ? [edge.to, edge.from] : [edge.from, edge.to]
      next[tail]?.push(head)
      incoming[head] = (incoming[head] as number) + 1
    }
    const bare: number[] = []
    for (let node = 0; node < nodeCount; node++) if (core[node] && incoming[node] === 0) bare.push(node)
    for (let node = bare.pop(); node !== undefined; node = bare.pop()) {
      core[node] = 0
      left--
      for (const head of next[node] ?? []) {
        incoming[head] = (incoming[head] as number) - 1
        if (incoming[head] === 0) bare.push(head)
      }
    }
  }
  return left === 0 ? null : core
}
