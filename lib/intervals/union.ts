import type { Times } from './times.ts'

/** A half-open stretch of time, µs from the hand-over. */
export interface Interval {
  readonly startUs: number
  readonly endUs: number
}

/**
 * The union of the calls' intervals as disjoint stretches in order; those that touch are one.
 *
 *     a ├────┤                 union ├───────┤  ├──┤
 *     b    ├────┤  ├──┤ c
 *
 * Calls without times or without duration add nothing. O(n log n).
 */
export function computeUnion(calls: readonly Times[]): Interval[] {
  const intervals: Interval[] = []
  for (const { startUs, durationUs } of calls) {
    if (startUs !== null && durationUs) intervals.push({ startUs, endUs: startUs + durationUs })
  }
  intervals.sort((a, b) => a.startUs - b.startUs)
  const union: { startUs: number; endUs: number }[] = []
  for (const { startUs, endUs } of intervals) {
    const last = union.at(-1)
    if (last && startUs <= last.endUs) last.endUs = Math.max(last.endUs, endUs)
    else union.push({ startUs, endUs })
  }
  return union
}

/** Total length of disjoint intervals, counting only what lies at or after `fromUs`. */
export function sumLengths(intervals: readonly Interval[], fromUs = Number.NEGATIVE_INFINITY): number {
  let sumUs = 0
  for (const { startUs, endUs } of intervals) sumUs += Math.max(0, endUs - Math.max(startUs, fromUs))
  return sumUs
}

/** The length of the calls' union, and how much of it lies after some instant. Both µs. */
export interface UnionLengths {
  readonly unionUs: number
  readonly exposedUs: number
}

/**
 * As `computeUnion` and `sumLengths`, in one pass that allocates nothing when calls are in order of start.
 * `fromUs` is where exposed time begins: the hand-over unless said otherwise.
 */
export function measureUnion(calls: readonly Times[], fromUs = 0): UnionLengths {
  let unionUs = 0
  let exposedUs = 0
  let lastStartUs = Number.NEGATIVE_INFINITY
  let lastEndUs = Number.NEGATIVE_INFINITY
  for (let index = 0; index < calls.length; index++) {
    const { startUs, durationUs } = calls[index] as Times
    if (startUs === null || durationUs === null) continue
    if (startUs < lastStartUs) {
      const union = computeUnion(calls)
      return { unionUs: sumLengths(union), exposedUs: sumLengths(union, fromUs) }
    }
    lastStartUs = startUs
    const endUs = startUs + durationUs
    if (endUs <= lastEndUs) continue
    const freshUs = Math.max(startUs, lastEndUs)
    unionUs += endUs - freshUs
    exposedUs += Math.max(0, endUs - Math.max(freshUs, fromUs))
    lastEndUs = endUs
  }
  return { unionUs, exposedUs }
}
