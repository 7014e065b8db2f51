import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'
import type { TurnTime } from '#lib/intervals/turn-time.ts'
import type { StoredBatch } from '#lib/model/batch.ts'

/** One entry of the log as consumers see it. For a retraction `batch` is the batch that no longer counts. */
export interface LogEntry {
  readonly seq: number
  readonly op: 'add' | 'retract'
  /** Position of the batch's own `add` entry. */
  readonly batchSeq: number
  readonly batch: StoredBatch
  readonly measures: BatchMeasures
  readonly turnTime: TurnTime | null
}

/** 1 for an entry that adds, -1 for one that takes away. */
export function timesOf(entry: Pick<LogEntry, 'op'>): 1 | -1 {
  return entry.op === 'add' ? 1 : -1
}

/**
 * Follows the log and derives one thing from it. `apply` works in memory only; `flush` writes what has
 * gathered and runs in the transaction that also moves the consumer's cursor, so that a kill at any moment
 * leaves both as they were. The same entries in the same order give the same bytes, however they were cut
 * into flushes.
 */
export interface Consumer {
  readonly name: string
  /** Of the derived layout: another number than the stored one makes the consumer start over. */
  readonly version: number
  apply(entry: LogEntry): void
  /** Writes what has gathered since the last flush. */
  flush(): void
  /** What `flush` wrote is on disk. */
  committed?(): void
  /** Forgets what has gathered, because it was written, or because writing it was rolled back. */
  discard(): void
  /** Deletes everything derived. */
  clear(): void
  /** Roughly how many rows a flush would write now. */
  readonly pending: number
  /** Rows past which they are written at the next slice, because a flush cannot be cut; else the runner's own bound. */
  readonly maxPending?: number
}
