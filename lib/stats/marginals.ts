/*
 * The marginals under which aggregates are kept, and the stretches of time. Positions are part of the
 * storage format: append, never reorder.
 */

/** What the statistics of a tool are split by. `all` has the key 0; names have their dimension's id, 0 = none. */
export const TOOL_MARGINALS = [
  'all',
  'agent',
  'environment',
  'agent-environment',
  'version',
  'size-band',
  'concurrency',
  'outcome',
] as const
export type ToolMarginal = (typeof TOOL_MARGINALS)[number]

/** What the statistics of batches are split by. `size` is the exact number of calls, see {@link sizeKey}. */
export const BATCH_MARGINALS = [
  'all',
  'agent',
  'environment',
  'agent-environment',
  'version',
  'model',
  'size',
] as const
export type BatchMarginal = (typeof BATCH_MARGINALS)[number]

const US_PER_HOUR = 3_600_000_000
export const GRAINS = ['hour', 'day'] as const
export type Grain = (typeof GRAINS)[number]
export const GRAIN_US: Readonly<Record<Grain, number>> = { hour: US_PER_HOUR, day: 24 * US_PER_HOUR }
export const HOURS_PER_DAY = 24

/** The hour or day since the epoch, UTC, in which an instant lies. */
export function grainStart(grain: Grain, atUs: number): number {
  return Math.floor(atUs / GRAIN_US[grain])
}

export const SIZE_BANDS = ['1', '2', '3-4', '5-8', '9+'] as const

/** Position in {@link SIZE_BANDS} of a batch of this many calls. */
export function sizeBandKey(size: number): number {
  if (size <= 2) return Math.max(0, size - 1)
  if (size <= 4) return 2
  return size <= 8 ? 3 : 4
}

/** Up to here each number has a key of its own; above, one key for each doubling, so that keys stay few. */
const EXACT_CONCURRENCY = 32
const EXACT_SIZE = 1_000

/** Siblings in flight at a call's start: exact up to 32, above rounded up to a power of two. */
export function concurrencyKey(inFlight: number): number {
  return roundUp(inFlight, EXACT_CONCURRENCY)
}

/** Calls of a batch: exact up to 1,000, above rounded up to a power of two. */
export function sizeKey(size: number): number {
  return roundUp(size, EXACT_SIZE)
}

function roundUp(count: number, exact: number): number {
  return count <= exact ? count : 2 ** Math.ceil(Math.log2(count))
}
