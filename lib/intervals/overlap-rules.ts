import type { TimedCall } from '#lib/model/batch.ts'
import { MODES, type Mode } from '#lib/model/vocabulary.ts'

/**
 * What a call may overlap. Each call obeys the narrower of the batch's mode and its own, and two calls may
 * overlap only when both allow it: `serial` allows nothing, `reads-only` allows a read beside reads,
 * `parallel` allows everything.
 */
type OverlapClass = 0 | 1 | 2 | 3

/** A read without restriction: kept apart only from exclusive calls. */
const FREE_READ: OverlapClass = 0
/** A write or unknown call without restriction of its own: kept apart from guarded reads too. */
const FREE_WRITE: OverlapClass = 1
/** A read in `reads-only`: beside other reads only. */
const GUARDED_READ: OverlapClass = 2
/** Alone. */
const EXCLUSIVE: OverlapClass = 3

export const OVERLAP_CLASSES: readonly OverlapClass[] = [FREE_READ, FREE_WRITE, GUARDED_READ, EXCLUSIVE]

const KEPT_APART: readonly (readonly OverlapClass[])[] = [
  [EXCLUSIVE],
  [GUARDED_READ, EXCLUSIVE],
  [FREE_WRITE, EXCLUSIVE],
  OVERLAP_CLASSES,
]

/** The narrower of two modes; null is `parallel`. */
export function narrowestMode(a: Mode | null, b: Mode | null): Mode {
  const width = Math.max(MODES.indexOf(a ?? 'parallel'), MODES.indexOf(b ?? 'parallel'))
  return MODES[width] as Mode
}

function classify(call: Pick<TimedCall, 'effect' | 'mode'>, batchMode: Mode | null): OverlapClass {
  const mode = narrowestMode(batchMode, call.mode)
  const isRead = call.effect === 'read'
  if (mode === 'parallel') return isRead ? FREE_READ : FREE_WRITE
  return mode === 'reads-only' && isRead ? GUARDED_READ : EXCLUSIVE
}

/**
 * Says which calls may start while earlier ones are unfinished: a call waits for all before it, and holds
 * back all after it, that it may not overlap. Asking and finishing cost O(1), amortised over a schedule.
 */
export class OverlapRules {
  /** By call index. */
  readonly classOf: Uint8Array
  readonly #finished: Uint8Array
  /** The ranks of each class, ascending, and how many at the front of each list have finished. */
  readonly #ranks: readonly number[][] = [[], [], [], []]
  readonly #done = [0, 0, 0, 0]

  /** `order` holds the indices of the calls to schedule; a call's rank is its position there. */
  constructor(calls: readonly TimedCall[], order: readonly number[], mode: Mode | null) {
    this.classOf = Uint8Array.from(calls, (call) => classify(call, mode))
    this.#finished = new Uint8Array(order.length)
    for (const [rank, index] of order.entries()) this.#ranks[this.classOf[index] as number]?.push(rank)
  }

  /** The highest rank at which a call of this class may start now. */
  limit(overlapClass: OverlapClass): number {
    let limit = Number.POSITIVE_INFINITY
    for (const other of KEPT_APART[overlapClass] as readonly OverlapClass[]) {
      limit = Math.min(limit, this.#firstUnfinished(other))
    }
    return limit
  }

  finish(rank: number): void {
    this.#finished[rank] = 1
  }

  #firstUnfinished(overlapClass: OverlapClass): number {
    const ranks = this.#ranks[overlapClass] as number[]
    let done = this.#done[overlapClass] as number
    while (done < ranks.length && this.#finished[ranks[done] as number]) done++
    this.#done[overlapClass] = done
    return ranks[done] ?? Number.POSITIVE_INFINITY
  }
}
