import { lowerNearestRank } from './percentile.ts'

/*
 * Bin i holds the values in (γ^(i-1), γ^i], as in DDSketch (Masson, Rim, Lee, VLDB 2019). Answering with the
 * point 2γ^i / (γ+1) errs by at most (γ-1)/(γ+1) = 0.99 % anywhere in the bin. γ is part of the stored format
 * and bins never collapse, so that sketches can be subtracted from each other exactly.
 */
const GAMMA = 1.02
const BINS_PER_LOG = 1 / Math.log(GAMMA)
/** A bin for every safe integer. */
export const BIN_COUNT = Math.ceil(Math.log(Number.MAX_SAFE_INTEGER) * BINS_PER_LOG) + 1
/** Free bins kept on the side on which a window grows. */
const SLACK = 16

const BIN_VALUES = Float64Array.from({ length: BIN_COUNT }, (_, bin) => {
  const top = GAMMA ** bin
  const onlyInteger = Math.floor(top)
  // Where a bin holds but one integer, and the values are integers, the answer can be exact.
  return onlyInteger - Math.floor(top / GAMMA) === 1 ? onlyInteger : (2 * top) / (GAMMA + 1)
})

/**
 * Counts of non-negative integers (durations in µs) in bins of fixed relative width: any quantile is within
 * 1 % of the exact one. Content is all that counts: merging parts equals adding their values in any order,
 * and subtracting a part equals never having added it.
 */
export class Sketch {
  /** Counts of the bins from `#first` on. A plain array: most sketches are small, and it is made faster than a typed one. */
  #window: number[] = []
  #first = 0
  #zeros = 0
  #n = 0

  /** How many values it holds. */
  get n(): number {
    return this.#n
  }

  /** How many of them are 0: they have a bin of their own. */
  get zeros(): number {
    return this.#zeros
  }

  /** Throws a `RangeError` unless `value` is a safe integer and not negative. */
  add(value: number, count = 1): void {
    if (value === 0) this.addZeros(count)
    else if (value >= 1 && Number.isSafeInteger(value))
      this.addToBin(Math.ceil(Math.log(value) * BINS_PER_LOG), count)
    else throw new RangeError(`a sketch holds integers from 0, not ${value}`)
  }

  /** Undoes `add`. */
  subtract(value: number, count = 1): void {
    this.add(value, -count)
  }

  addZeros(count: number): void {
    this.#zeros += count
    this.#n += count
  }

  /** Adds to the count of one bin, 0 to `BIN_COUNT` - 1. */
  addToBin(bin: number, count: number): void {
    let at = bin - this.#first
    if (at < 0 || at >= this.#window.length) {
      this.#growTo(bin)
      at = bin - this.#first
    }
    this.#window[at] = (this.#window[at] as number) + count
    this.#n += count
  }

  /** Adds all of `other`, `times` over; -1 takes it away. */
  merge(other: Sketch, times = 1): void {
    other.forEachBin((bin, count) => this.addToBin(bin, count * times))
    this.addZeros(other.zeros * times)
  }

  /** Calls `visit` for each bin whose count is not 0, lowest first. The zero bin is not among them. */
  forEachBin(visit: (bin: number, count: number) => void): void {
    const window = this.#window
    const first = this.#first
    for (let at = 0; at < window.length; at++) {
      const count = window[at] as number
      if (count !== 0) visit(first + at, count)
    }
  }

  /** The value at quantile `p` (0 to 1) by lower nearest rank, within 1 %; null when it holds none. */
  quantile(p: number): number | null {
    if (this.#n <= 0) return null
    const rank = lowerNearestRank(p, this.#n)
    let seen = this.#zeros
    if (rank < seen) return 0
    for (let at = 0; at < this.#window.length; at++) {
      seen += this.#window[at] as number
      if (rank < seen) return BIN_VALUES[this.#first + at] as number
    }
    return null
  }

  #growTo(bin: number): void {
    const old = this.#window
    const oldEnd = this.#first + old.length
    const isEmpty = old.length === 0
    const first = isEmpty || bin < this.#first ? Math.max(0, bin - SLACK) : this.#first
    const end = isEmpty || bin >= oldEnd ? bin + SLACK : oldEnd
    const grown = new Array<number>(end - first).fill(0)
    for (let at = 0; at < old.length; at++) grown[this.#first + at - first] = old[at] as number
    this.#window = grown
    this.#first = first
  }
}
