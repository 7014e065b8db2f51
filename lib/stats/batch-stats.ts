import type { Outcome } from '#lib/model/vocabulary.ts'
import { addExactly, toStoredSum } from './exact-sum.ts'
import { Sketch } from './sketch.ts'
import { readSketchInto, writeSketch } from './sketch-codec.ts'
import { ByteReader, ByteWriter } from './varint.ts'

/** What one batch adds to an aggregate; the measures of `lib/intervals` fit. */
export interface BatchFacts {
  /** Recorded calls, attempts included. */
  readonly calls: readonly { readonly outcome: Outcome }[]
  /** Distinct call ids. */
  readonly size: number
  readonly wallUs: number | null
  readonly serialization: number | null
  readonly hiddenUs: number | null
  /** Null when no call ran. Its `modelUs` is null where nobody said how long the model took. */
  readonly turnTime: TurnTimeFacts | null
  /** Calls that the model emitted; null where nobody said. */
  readonly emittedCalls: number | null
}

export interface TurnTimeFacts {
  readonly modelUs: number | null
  readonly waitingUs: number
  readonly exposedUs: number
  readonly idleUs: number
}

/** Serialization is summed in millionths: integers can be taken away again exactly. */
const EFFICIENCY_UNITS = 1_000_000

/** Every count and sum, in the order in which they are stored: append, never reorder. */
const COUNTERS = [
  'batches',
  'calls',
  'failures',
  'cancelled',
  'neverRan',
  'failingBatches',
  'efficiencySum',
  'efficiencyN',
  'hiddenUs',
  'turns',
  'turnsWithModel',
  'modelUs',
  'waitingUs',
  'exposedUs',
  'idleUs',
  'emitted',
  'recordedOfEmitted',
] as const

/** Those that a sender can make as large as it likes; the others count what is really there. */
const SUMS: ReadonlySet<(typeof COUNTERS)[number]> = new Set([
  'hiddenUs',
  'modelUs',
  'waitingUs',
  'exposedUs',
  'idleUs',
  'emitted',
])

/**
 * What is known of a set of batches. All integers, so that `times` = -1 undoes exactly what `times` = 1 did,
 * in any order, and equal content encodes to equal bytes.
 */
export class BatchStats {
  batches = 0
  /** Recorded calls, attempts included. */
  calls = 0
  /** Calls that ended in error or timeout. */
  failures = 0
  cancelled = 0
  neverRan = 0
  /** Batches with a failure. */
  failingBatches = 0
  /** Sum of 1 - serialization in millionths, over the `efficiencyN` batches where it is defined. */
  efficiencySum = 0
  efficiencyN = 0
  hiddenUs = 0
  /** Turns of which any call ran; `turnsWithModel` of them say how long the model took. */
  turns = 0
  turnsWithModel = 0
  modelUs = 0
  waitingUs = 0
  exposedUs = 0
  idleUs = 0
  /** Calls that models emitted, and distinct calls recorded, over the batches whose sender said. */
  emitted = 0
  recordedOfEmitted = 0
  /** Wall times of the batches of which any call ran, µs. */
  readonly wall = new Sketch()

  /** Decodes what `encode` wrote; throws a `RangeError` at anything else. */
  static decode(bytes: Uint8Array): BatchStats {
    const stats = new BatchStats()
    stats.mergeEncoded(bytes)
    return stats
  }

  /** Mean of 1 - serialization over the batches where it is defined; null when it nowhere is. */
  get overlapEfficiency(): number | null {
    return this.efficiencyN === 0 ? null : this.efficiencySum / this.efficiencyN / EFFICIENCY_UNITS
  }

  /** Adds one batch, `times` over; -1 takes it away. */
  add(facts: BatchFacts, times = 1): void {
    this.batches += times
    this.#addOutcomes(facts.calls, times)
    if (facts.wallUs !== null) this.wall.add(facts.wallUs, times)
    if (facts.serialization !== null) {
      this.efficiencySum += (EFFICIENCY_UNITS - Math.round(facts.serialization * EFFICIENCY_UNITS)) * times
      this.efficiencyN += times
    }
    this.hiddenUs = addExactly(this.hiddenUs, (facts.hiddenUs ?? 0) * times)
    if (facts.turnTime !== null) this.#addTurn(facts.turnTime, times)
    if (facts.emittedCalls !== null) {
      this.emitted = addExactly(this.emitted, facts.emittedCalls * times)
      this.recordedOfEmitted += facts.size * times
    }
  }

  merge(other: BatchStats, times = 1): void {
    for (const counter of COUNTERS) this[counter] = addExactly(this[counter], other[counter] * times)
    this.wall.merge(other.wall, times)
  }

  isEmpty(): boolean {
    return this.batches === 0
  }

  encode(): Uint8Array {
    const writer = new ByteWriter()
    for (const counter of COUNTERS) {
      writer.writeVarint(SUMS.has(counter) ? toStoredSum(this[counter]) : this[counter])
    }
    writeSketch(writer, this.wall)
    return writer.toBytes()
  }

  /** Adds encoded stats, `times` over, without building them. */
  mergeEncoded(bytes: Uint8Array, times = 1): void {
    const reader = new ByteReader(bytes)
    for (const counter of COUNTERS) this[counter] = addExactly(this[counter], reader.readVarint() * times)
    readSketchInto(this.wall, reader, times)
    reader.expectEnd()
  }

  #addOutcomes(calls: BatchFacts['calls'], times: number): void {
    let failures = 0
    for (const { outcome } of calls) {
      if (outcome === 'error' || outcome === 'timeout') failures++
      else if (outcome === 'cancelled') this.cancelled += times
      else if (outcome === 'never-ran') this.neverRan += times
    }
    this.calls += calls.length * times
    this.failures += failures * times
    if (failures > 0) this.failingBatches += times
  }

  #addTurn(time: TurnTimeFacts, times: number): void {
    this.turns += times
    if (time.modelUs !== null) {
      this.turnsWithModel += times
      this.modelUs = addExactly(this.modelUs, time.modelUs * times)
    }
    this.waitingUs = addExactly(this.waitingUs, time.waitingUs * times)
    this.exposedUs = addExactly(this.exposedUs, time.exposedUs * times)
    this.idleUs = addExactly(this.idleUs, time.idleUs * times)
  }
}
