import type { TimedCall } from '#lib/model/batch.ts'
import { IndexHeap } from './index-heap.ts'

/**
 * The declared caps of single tools. A call that may start but for its tool's cap is parked; each call of
 * the tool that ends frees a slot and hands back the first parked one.
 */
export class ToolSlots {
  readonly #slotOf: Int32Array
  readonly #free: number[] = []
  readonly #parked: IndexHeap[] = []

  constructor(calls: readonly TimedCall[], toolCaps: ReadonlyMap<string, number>, rank: Float64Array) {
    const slots = new Map<string, number>()
    for (const [tool, cap] of toolCaps) {
      slots.set(tool, this.#free.length)
      this.#free.push(cap)
      this.#parked.push(new IndexHeap(rank))
    }
    this.#slotOf = Int32Array.from(calls, (call) => slots.get(call.tool) ?? -1)
  }

  hasFree(index: number): boolean {
    const slot = this.#slotOf[index] as number
    return slot < 0 || (this.#free[slot] as number) > 0
  }

  park(index: number): void {
    this.#parked[this.#slotOf[index] as number]?.push(index)
  }

  take(index: number): void {
    const slot = this.#slotOf[index] as number
    if (slot >= 0) this.#free[slot] = (this.#free[slot] as number) - 1
  }

  /** Frees the slot of a call that ended; the parked call to try again, or -1. */
  release(index: number): number {
    const slot = this.#slotOf[index] as number
    if (slot < 0) return -1
    this.#free[slot] = (this.#free[slot] as number) + 1
    const parked = this.#parked[slot] as IndexHeap
    return parked.size > 0 ? parked.pop() : -1
  }
}
