import type { Intent, TimedCall } from '#lib/model/batch.ts'
import { IndexHeap } from './index-heap.ts'
import {
  compareByEmission,
  compareByStart,
  invertEdges,
  orderAfterPrerequisites,
  orderIndices,
} from './order.ts'
import { narrowestMode, OVERLAP_CLASSES, OverlapRules } from './overlap-rules.ts'
import { ToolSlots } from './tool-slots.ts'

/** What a schedule needs to know of a batch; any richer batch fits. */
export type ScheduledBatch = Intent & { readonly calls: readonly TimedCall[] }

/**
 * Event-driven list scheduling: whenever a worker is free, the first call in order starts whose
 * prerequisites have ended and which the modes and tool caps let start. A blocked call holds no worker.
 * A call that never ran takes neither time nor worker and keeps nobody apart, but its declared edges
 * still order the calls on both sides of it. A call that a policy held back counts as ready that much later
 * than its prerequisites ended; meanwhile it holds no worker, but keeps its place. O(n log n).
 */
export class ListScheduler {
  /** Ideal start by call index, µs; NaN for a call without times. */
  readonly startsUs: Float64Array
  readonly #calls: readonly TimedCall[]
  readonly #endsUs: Float64Array
  /** How many prerequisites of each call have not ended. */
  readonly #missing: Int32Array
  readonly #dependents: readonly (readonly number[])[] | null
  readonly #rank: Float64Array
  readonly #rules: OverlapRules | null
  readonly #slots: ToolSlots | null
  /** One heap by overlap class; only the first is used where nothing is kept apart. */
  readonly #ready: readonly IndexHeap[]
  readonly #running: IndexHeap
  readonly #heldUntilUs: Float64Array
  readonly #held: IndexHeap
  #freeWorkers: number

  constructor(batch: ScheduledBatch, prerequisites: readonly (readonly number[])[] | null) {
    const { calls } = batch
    this.#calls = calls
    this.startsUs = new Float64Array(calls.length).fill(Number.NaN)
    this.#endsUs = new Float64Array(calls.length)
    this.#missing = Int32Array.from(calls, (_, index) => prerequisites?.[index]?.length ?? 0)
    this.#dependents = prerequisites && invertEdges(prerequisites)
    this.#freeWorkers = batch.mode === 'serial' ? 1 : (batch.concurrency ?? Number.POSITIVE_INFINITY)
    const keepsApart =
      batch.mode !== 'serial' && calls.some((call) => narrowestMode(batch.mode, call.mode) !== 'parallel')
    const order = scheduleOrder(batch, keepsApart ? prerequisites : null)
    this.#rank = new Float64Array(calls.length)
    for (const [rank, index] of order.entries()) this.#rank[index] = rank
    this.#rules = keepsApart ? new OverlapRules(calls, order, batch.mode) : null
    this.#slots = batch.toolCaps?.size ? new ToolSlots(calls, batch.toolCaps, this.#rank) : null
    this.#ready = OVERLAP_CLASSES.map(() => new IndexHeap(this.#rank))
    this.#running = new IndexHeap(this.#endsUs)
    this.#heldUntilUs = new Float64Array(calls.length)
    this.#held = new IndexHeap(this.#heldUntilUs)
  }

  /** Fills `startsUs`. To be called once. */
  run(): void {
    this.#admitAll()
    for (let nowUs = 0; ; ) {
      this.#endUntil(nowUs)
      while (this.#nextRelease() <= nowUs) this.#enqueue(this.#held.pop())
      for (let next = this.#takeStartable(); next >= 0; next = this.#takeStartable()) this.#start(next, nowUs)
      const nextUs = Math.min(this.#nextEnd(), this.#nextRelease())
      if (nextUs === Number.POSITIVE_INFINITY) return
      nowUs = Math.max(nowUs, nextUs)
    }
  }

  #nextEnd(): number {
    return this.#running.size === 0
      ? Number.POSITIVE_INFINITY
      : (this.#endsUs[this.#running.peek()] as number)
  }

  #nextRelease(): number {
    return this.#held.size === 0 ? Number.POSITIVE_INFINITY : (this.#heldUntilUs[this.#held.peek()] as number)
  }

  #admitAll(): void {
    const skipped: number[] = []
    for (const [index, call] of this.#calls.entries()) {
      if (isEarly(call)) this.#start(index, call.startUs as number)
      else if (this.#missing[index] !== 0) continue
      else if (call.startUs === null) skipped.push(index)
      else this.#makeReady(index, 0)
    }
    for (const index of skipped) this.#settle(index, 0)
  }

  /** To be called when the last prerequisite of a call has ended. */
  #makeReady(index: number, nowUs: number): void {
    const heldUs = (this.#calls[index] as TimedCall).heldUs ?? 0
    if (heldUs === 0) {
      this.#enqueue(index)
      return
    }
    this.#heldUntilUs[index] = nowUs + heldUs
    this.#held.push(index)
  }

  #enqueue(index: number): void {
    this.#ready[this.#rules?.classOf[index] ?? 0]?.push(index)
  }

  /** Removes and returns the first call in order that may start now; -1 when none may. */
  #takeStartable(): number {
    while (this.#freeWorkers > 0) {
      let from: IndexHeap | null = null
      let firstRank = Number.POSITIVE_INFINITY
      for (const overlapClass of OVERLAP_CLASSES) {
        const heap = this.#ready[overlapClass] as IndexHeap
        if (heap.size === 0) continue
        const rank = this.#rank[heap.peek()] as number
        if (rank >= firstRank || (this.#rules && rank > this.#rules.limit(overlapClass))) continue
        from = heap
        firstRank = rank
      }
      if (from === null) return -1
      const index = from.pop()
      if (!this.#slots || this.#slots.hasFree(index)) return index
      this.#slots.park(index)
    }
    return -1
  }

  #start(index: number, startUs: number): void {
    const endUs = startUs + ((this.#calls[index] as TimedCall).durationUs ?? 0)
    this.startsUs[index] = startUs
    this.#endsUs[index] = endUs
    this.#freeWorkers--
    this.#slots?.take(index)
    this.#running.push(index)
    // A call without duration is over as it starts: what waits for it may start in the same instant.
    if (endUs === startUs && startUs >= 0) this.#endUntil(startUs)
  }

  #endUntil(nowUs: number): void {
    while (this.#nextEnd() <= nowUs) {
      const index = this.#running.pop()
      this.#freeWorkers++
      this.#rules?.finish(this.#rank[index] as number)
      const parked = this.#slots?.release(index) ?? -1
      if (parked >= 0) this.#enqueue(parked)
      this.#settle(index, nowUs)
    }
  }

  /** Lets go of what waited for this call. */
  #settle(index: number, nowUs: number): void {
    if (this.#dependents === null) return
    const settled = [index]
    for (let node = settled.pop(); node !== undefined; node = settled.pop()) {
      for (const dependent of this.#dependents[node] ?? []) {
        this.#missing[dependent] = (this.#missing[dependent] as number) - 1
        if (this.#missing[dependent] !== 0) continue
        const call = this.#calls[dependent] as TimedCall
        if (call.startUs === null) settled.push(dependent)
        else if (!isEarly(call)) this.#makeReady(dependent, nowUs)
      }
    }
  }
}

/** A call that began before the hand-over keeps its observed start, whatever the intent says. */
function isEarly(call: TimedCall): boolean {
  return call.startUs !== null && call.startUs < 0
}

/**
 * Indices of the calls that ran in the order in which they may start. Early calls come first, since they
 * already run. `prerequisites` is given where calls are kept apart: there a call must not hold back one
 * that it waits for itself, so it moves behind it.
 */
function scheduleOrder(
  batch: ScheduledBatch,
  prerequisites: readonly (readonly number[])[] | null,
): readonly number[] {
  const { calls, mode } = batch
  const inSequence = mode === 'reads-only' || mode === 'serial'
  const order = orderIndices(calls, (a, b) => {
    const early = Number(isEarly(b)) - Number(isEarly(a))
    return early || (inSequence ? compareByEmission(a, b) : compareByStart(a, b))
  })
  const ran = (index: number) => (calls[index] as TimedCall).startUs !== null
  if (prerequisites === null) return order.filter(ran)
  // Neither an early call nor one that never ran keeps its place by waiting for others.
  const skippedFirst = [...order.filter((index) => !ran(index)), ...order.filter(ran)]
  const binding = prerequisites.map((list, index) => (isEarly(calls[index] as TimedCall) ? [] : list))
  return orderAfterPrerequisites(skippedFirst, binding).filter(ran)
}
