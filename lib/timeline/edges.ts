import type { CallRow } from './model.ts'

/*
 * Starts and ends of attempts: where the cursor snaps.
 *
 * - Edges rise strictly.
 * - The answer of a snap is an edge within the tolerance, and no edge is nearer; else null.
 */

export function collectEdges(rows: Iterable<CallRow>): Float64Array {
  const edges: number[] = []
  for (const row of rows) for (const { startUs, endUs } of row.segments) edges.push(startUs, endUs)
  const sorted = Float64Array.from(edges).sort()
  let kept = 0
  for (const us of sorted) {
    if (kept > 0 && sorted[kept - 1] === us) continue
    sorted[kept] = us
    kept++
  }
  return sorted.slice(0, kept)
}

export function nearestEdge(edges: Float64Array, us: number, toleranceUs: number): number | null {
  const after = countBelow(edges, us)
  const candidates = [edges[after - 1], edges[after]]
  let best: number | null = null
  for (const edge of candidates) {
    if (edge === undefined || Math.abs(edge - us) > toleranceUs) continue
    if (best === null || Math.abs(edge - us) < Math.abs(best - us)) best = edge
  }
  return best
}

/** The next edge in a direction; null past the last. */
export function nextEdge(edges: Float64Array, us: number, direction: 1 | -1): number | null {
  if (direction === -1) return edges[countBelow(edges, us) - 1] ?? null
  let index = countBelow(edges, us)
  if (edges[index] === us) index++
  return edges[index] ?? null
}

function countBelow(edges: Float64Array, us: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((edges[middle] ?? 0) < us) low = middle + 1
    else high = middle
  }
  return low
}
