import type { TimedCall } from '#lib/model/batch.ts'
import { IndexHeap } from './index-heap.ts'

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Order in which the model emitted the calls: `seq`, then `attempt`; the id only makes it total. */
export function compareByEmission(a: TimedCall, b: TimedCall): number {
  return a.seq - b.seq || a.attempt - b.attempt || compareText(a.callId, b.callId)
}

/** Order of the observed start, then that of emission. Calls without times come as if started at 0. */
export function compareByStart(a: TimedCall, b: TimedCall): number {
  return (a.startUs ?? 0) - (b.startUs ?? 0) || compareByEmission(a, b)
}

/** Indices of `calls` in the order of `compare`; equal ones keep their position. Does not touch `calls`. */
export function orderIndices(
  calls: readonly TimedCall[],
  compare: (a: TimedCall, b: TimedCall) => number,
): number[] {
  const indices = calls.map((_, index) => index)
  return indices.sort((a, b) => compare(calls[a] as TimedCall, calls[b] as TimedCall))
}

/**
 * The order nearest to `order` in which every call comes after its prerequisites: repeatedly the first
 * in `order` whose prerequisites are all placed. Equals `order` when no edge points against it.
 * `prerequisites` must be free of cycles.
 */
export function orderAfterPrerequisites(
  order: readonly number[],
  prerequisites: readonly (readonly number[])[],
): number[] {
  const rank = new Float64Array(order.length)
  for (const [position, index] of order.entries()) rank[index] = position
  const dependents = invertEdges(prerequisites)
  const missing = Int32Array.from(prerequisites, (list) => list.length)
  const placeable = new IndexHeap(rank)
  for (const index of order) if (missing[index] === 0) placeable.push(index)
  const placed: number[] = []
  while (placeable.size > 0) {
    const index = placeable.pop()
    placed.push(index)
    for (const dependent of dependents[index] ?? []) {
      missing[dependent] = (missing[dependent] as number) - 1
      if (missing[dependent] === 0) placeable.push(dependent)
    }
  }
  return placed
}

/** For each node the nodes that list it. */
export function invertEdges(edges: readonly (readonly number[])[]): number[][] {
  const inverted: number[][] = edges.map(() => [])
  for (const [from, targets] of edges.entries()) for (const to of targets) inverted[to]?.push(from)
  return inverted
}
