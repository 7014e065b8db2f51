import { CLOCK_US } from './same-call.ts'

/** A stretch of time in which a model or a tool of the component was at work without a pause. */
interface Island<T> {
  startUs: number
  endUs: number
  items: T[]
  /** How many of the items are model calls. */
  models: number
}

/** Items of a component in stretches that don't touch, in order of time. Adding one costs a search and what it joins. */
export class Islands<T extends { readonly startUs: number; readonly endUs: number }> {
  readonly #islands: Island<T>[] = []

  add(item: T, isModel: boolean): void {
    // Starts are cut to whole milliseconds: else every model call would seem to touch the tools before it.
    const startUs = Math.min(item.startUs + CLOCK_US, item.endUs)
    const island: Island<T> = { startUs, endUs: item.endUs, items: [item], models: isModel ? 1 : 0 }
    const from = this.#firstEndingAt(startUs)
    let to = from
    for (let next = this.#islands[to]; next && next.startUs <= item.endUs; next = this.#islands[to]) {
      merge(island, next)
      to++
    }
    this.#islands.splice(from, to - from, island)
  }

  /** The time that begins (-1) or ends (1) the stretch which lies so many stretches with model calls away. */
  edge(us: number, models: number, direction: -1 | 1): number {
    let at = this.#firstEndingAt(us)
    if (direction === 1) at--
    for (let left = models; left > 0; ) {
      at += direction
      const island = this.#islands[at]
      if (island === undefined) return direction * Number.POSITIVE_INFINITY
      if (island.models > 0) left--
    }
    const island = this.#islands[at] as Island<T>
    return direction === -1 ? island.startUs - CLOCK_US : island.endUs
  }

  /** Everything in stretches that touch the time from `fromUs` to `toUs`. */
  *between(fromUs: number, toUs: number): Generator<T> {
    for (let i = this.#firstEndingAt(fromUs); i < this.#islands.length; i++) {
      const island = this.#islands[i] as Island<T>
      if (island.startUs > toUs) return
      yield* island.items
    }
  }

  /** Position of the first stretch that ends at or after a time. */
  #firstEndingAt(us: number): number {
    let low = 0
    let high = this.#islands.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#islands[middle] as Island<T>).endUs < us) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The larger list takes the smaller one in, so that a long stretch isn't copied for every item. */
function merge<T>(island: Island<T>, other: Island<T>): void {
  island.startUs = Math.min(island.startUs, other.startUs)
  island.endUs = Math.max(island.endUs, other.endUs)
  island.models += other.models
  const isLarger = other.items.length > island.items.length
  const [large, small] = isLarger ? [other.items, island.items] : [island.items, other.items]
  for (const item of small) large.push(item)
  island.items = large
}
