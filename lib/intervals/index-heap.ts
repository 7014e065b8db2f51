/**
 * A binary min-heap of small integers ordered by `keys[integer]`. The key of a member must not change
 * while it is inside.
 */
export class IndexHeap {
  readonly #keys: Float64Array
  readonly #items: number[] = []

  constructor(keys: Float64Array) {
    this.#keys = keys
  }

  get size(): number {
    return this.#items.length
  }

  /** The member with the lowest key, or -1 when there is none. */
  peek(): number {
    return this.#items[0] ?? -1
  }

  push(item: number): void {
    const items = this.#items
    const key = this.#keys[item] as number
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as number
      if ((this.#keys[above] as number) <= key) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** Removes and returns the member with the lowest key. The heap must not be empty. */
  pop(): number {
    const items = this.#items
    const top = items[0] as number
    const last = items.pop() as number
    if (items.length > 0) this.#sink(last)
    return top
  }

  #sink(item: number): void {
    const items = this.#items
    const keys = this.#keys
    const key = keys[item] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      const right = child + 1
      if (
        right < items.length &&
        (keys[items[right] as number] as number) < (keys[items[child] as number] as number)
      ) {
        child = right
      }
      if ((keys[items[child] as number] as number) >= key) break
      items[at] = items[child] as number
      at = child
    }
    items[at] = item
  }
}
