import { OUTCOMES, type Outcome } from '#lib/model/vocabulary.ts'
import { addExactly, toStoredSum } from './exact-sum.ts'
import { Sketch } from './sketch.ts'
import { readSketchInto, writeSketch } from './sketch-codec.ts'
import { ByteReader, ByteWriter } from './varint.ts'

/** Bits of the byte that says which fields follow; the lower ones stand for the outcomes in their order. */
const HAS_DURATIONS = 1 << 6
const HAS_LEDGER = 1 << 7

/**
 * What is known of one tool over some stretch of time. All integers, so that `times` = -1 undoes exactly
 * what `times` = 1 did, in any order, and equal content encodes to equal bytes.
 */
export class ToolStats {
  /** Calls by outcome, in the order of `OUTCOMES`. */
  readonly outcomes: number[] = OUTCOMES.map(() => 0)
  /** Durations of the calls that ran, µs. */
  readonly durations = new Sketch()
  /** Batches of parallel intent with two calls or more that held the tool: the ledger's denominator. */
  batches = 0
  /** Those in which it was the slowest sibling. */
  slowest = 0
  /** How long turns waited for it alone, µs: in sum, and by batch in which it was slowest. */
  blockedUs = 0
  readonly blocked = new Sketch()

  /** Decodes what `encode` wrote; throws a `RangeError` at anything else. */
  static decode(bytes: Uint8Array): ToolStats {
    const stats = new ToolStats()
    stats.mergeEncoded(bytes)
    return stats
  }

  get calls(): number {
    return this.outcomes.reduce((sum, count) => sum + count, 0)
  }

  /** `durationUs` is null for a call that did not run. */
  addCall(outcome: Outcome, durationUs: number | null, times = 1): void {
    const code = OUTCOMES.indexOf(outcome)
    this.outcomes[code] = (this.outcomes[code] ?? 0) + times
    if (durationUs !== null) this.durations.add(durationUs, times)
  }

  /**
   * Enters one batch into the ledger: to be called once for each tool of a batch of parallel intent in which
   * two or more calls ran. `slowestBlockedUs` is the blocked time of the slowest sibling if it was a call of
   * this tool, else null.
   */
  addToLedger(slowestBlockedUs: number | null, times = 1): void {
    this.batches += times
    if (slowestBlockedUs === null) return
    this.slowest += times
    this.blockedUs = addExactly(this.blockedUs, slowestBlockedUs * times)
    this.blocked.add(slowestBlockedUs, times)
  }

  merge(other: ToolStats, times = 1): void {
    for (const [code, count] of other.outcomes.entries()) {
      this.outcomes[code] = (this.outcomes[code] ?? 0) + count * times
    }
    this.durations.merge(other.durations, times)
    this.batches += other.batches * times
    this.slowest += other.slowest * times
    this.blockedUs = addExactly(this.blockedUs, other.blockedUs * times)
    this.blocked.merge(other.blocked, times)
  }

  isEmpty(): boolean {
    return this.batches === 0 && this.durations.n === 0 && this.outcomes.every((count) => count === 0)
  }

  encode(): Uint8Array {
    const writer = new ByteWriter()
    const hasLedger = this.batches !== 0
    const hasDurations = this.durations.n !== 0
    let fields = (hasDurations ? HAS_DURATIONS : 0) | (hasLedger ? HAS_LEDGER : 0)
    for (const [code, count] of this.outcomes.entries()) if (count !== 0) fields |= 1 << code
    writer.writeByte(fields)
    for (const count of this.outcomes) if (count !== 0) writer.writeVarint(count)
    if (hasDurations) writeSketch(writer, this.durations)
    if (hasLedger) {
      writer.writeVarint(this.batches)
      writer.writeVarint(this.slowest)
      writer.writeVarint(toStoredSum(this.blockedUs))
      writeSketch(writer, this.blocked)
    }
    return writer.toBytes()
  }

  /** Adds encoded stats, `times` over, without building them. */
  mergeEncoded(bytes: Uint8Array, times = 1): void {
    const reader = new ByteReader(bytes)
    const fields = reader.readByte()
    for (let code = 0; code < this.outcomes.length; code++) {
      if (fields & (1 << code)) this.outcomes[code] = (this.outcomes[code] ?? 0) + reader.readVarint() * times
    }
    if (fields & HAS_DURATIONS) readSketchInto(this.durations, reader, times)
    if (fields & HAS_LEDGER) {
      this.batches += reader.readVarint() * times
      this.slowest += reader.readVarint() * times
      this.blockedUs = addExactly(this.blockedUs, reader.readVarint() * times)
      readSketchInto(this.blocked, reader, times)
    }
    reader.expectEnd()
  }
}
