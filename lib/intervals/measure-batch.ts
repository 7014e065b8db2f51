import type { TimedCall } from '#lib/model/batch.ts'
import { type IgnoredDependency, resolveDependencies } from './dependencies.ts'
import { allowsAllAtOnce, computeIdealSchedule, isUnconstrained } from './ideal-schedule.ts'
import type { ScheduledBatch } from './list-scheduler.ts'
import { scanTimes } from './scan-times.ts'
import { measureUnion } from './union.ts'

/** What is measured of every batch. Integer µs; null where it cannot be computed, as when no call ran. */
export interface BatchMeasures {
  /** Distinct call ids, run or not. */
  readonly size: number
  /** Recorded calls, attempts included, that ran. */
  readonly ran: number
  /** From the first start to the last end. */
  readonly wallUs: number | null
  readonly sumUs: number | null
  readonly longestUs: number | null
  /** Makespan that the intent allows for the observed durations. */
  readonly idealUs: number | null
  /** 0 = as parallel as intended, 1 = one after another. */
  readonly serialization: number | null
  /** What overlap saved at most: the sum less the length of the union. */
  readonly hiddenUs: number | null
  /** Length of the union after the hand-over, where the model's time ends. */
  readonly exposedUs: number | null
  readonly unionUs: number | null
  /** Index of the slowest sibling, the last call to finish; null for fewer than two that ran. */
  readonly slowest: number | null
  readonly slowestCallId: string | null
  /** How long the slowest sibling ran after every other call had ended. */
  readonly blockedUs: number | null
  readonly ignoredDependencies: readonly IgnoredDependency[]
  readonly firstStartUs: number | null
  readonly lastEndUs: number | null
}

/**
 * Measures a batch against its declared intent; a mode of null counts as parallel. O(n) where the calls are
 * unconstrained and in order of start, else O(n log n). (`callId`, `attempt`) must be unique.
 */
export function measureBatch(batch: ScheduledBatch): BatchMeasures {
  const { calls, mode } = batch
  const { ran, firstStartUs, lastEndUs, secondEndUs, sumUs, longestUs, slowest, freeIdealUs } =
    scanTimes(calls)
  const size = countCallIds(calls)
  if (ran === 0) return { ...UNMEASURED, size, ignoredDependencies: resolveDependencies(calls).ignored }
  const wallUs = lastEndUs - firstStartUs
  let idealUs: number | null = freeIdealUs
  let ignoredDependencies = UNMEASURED.ignoredDependencies
  if (!allowsAllAtOnce(batch, ran) || !calls.every(isUnconstrained)) {
    ;({ idealUs, ignoredDependencies } = computeIdealSchedule(batch))
  }
  const { unionUs, exposedUs } = measureUnion(calls)
  const comparable = ran > 1 && mode !== 'serial' && idealUs !== null
  const slowestCall = ran > 1 ? (calls[slowest] as TimedCall) : null
  return {
    size,
    ran,
    wallUs,
    sumUs,
    longestUs,
    idealUs,
    serialization: comparable ? computeSerialization(wallUs, sumUs, idealUs as number) : null,
    hiddenUs: Math.max(0, sumUs - unionUs),
    exposedUs,
    unionUs,
    slowest: slowestCall && slowest,
    slowestCallId: slowestCall?.callId ?? null,
    blockedUs: slowestCall && lastEndUs - Math.max(slowestCall.startUs as number, secondEndUs),
    ignoredDependencies,
    firstStartUs,
    lastEndUs,
  }
}

/**
 * (wall - ideal) / (sum - ideal), clipped to [0, 1]; null when overlap could have gained less than 1 ms or
 * 1 % of the sum.
 */
function computeSerialization(wallUs: number, sumUs: number, idealUs: number): number | null {
  const gainUs = sumUs - idealUs
  if (gainUs < MIN_GAIN_US || gainUs * MIN_GAIN_SHARE < sumUs) return null
  return Math.min(1, Math.max(0, (wallUs - idealUs) / gainUs))
}

/** Below this possible gain overlap says nothing: 1 ms, and one part in a hundred of the sum. */
const MIN_GAIN_US = 1000
const MIN_GAIN_SHARE = 100

/** A batch of which no call ran. */
const UNMEASURED: BatchMeasures = {
  size: 0,
  ran: 0,
  wallUs: null,
  sumUs: null,
  longestUs: null,
  idealUs: null,
  serialization: null,
  hiddenUs: null,
  exposedUs: null,
  unionUs: null,
  slowest: null,
  slowestCallId: null,
  blockedUs: null,
  ignoredDependencies: [],
  firstStartUs: null,
  lastEndUs: null,
}

/** Without retries every call has an id of its own. */
function countCallIds(calls: readonly TimedCall[]): number {
  if (calls.every((call) => call.attempt === 1)) return calls.length
  return new Set(calls.map((call) => call.callId)).size
}
