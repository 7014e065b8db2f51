/** Something at a time; `key` orders what is at the same time and is unique. */
export interface Timed {
  readonly atUs: number
  readonly key: string
}

/** A list in order of time. */
export class TimeList<T extends Timed> {
  readonly #entries: T[] = []

  get length(): number {
    return this.#entries.length
  }

  at(index: number): T | undefined {
    return this.#entries[index]
  }

  add(entry: T): void {
    this.#entries.splice(this.indexOf(entry), 0, entry)
  }

  remove(entry: Timed): void {
    const index = this.indexOf(entry)
    if (this.#entries[index]?.key === entry.key) this.#entries.splice(index, 1)
  }

  /** Entries of a stretch of time, both ends included. */
  between(fromUs: number, toUs: number): T[] {
    const from = this.indexOf({ atUs: fromUs, key: '' })
    let to = from
    while (to < this.#entries.length && (this.#entries[to] as T).atUs <= toUs) to++
    return this.#entries.slice(from, to)
  }

  /** Position of the first entry that is not before this one. */
  indexOf({ atUs, key }: Timed): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = this.#entries[middle] as T
      if (entry.atUs < atUs || (entry.atUs === atUs && entry.key < key)) low = middle + 1
      else high = middle
    }
    return low
  }
}
