import type { StatsCell, StatsTable } from '#db/derived.ts'
import { GRAINS, HOURS_PER_DAY } from '#lib/stats/marginals.ts'

/** An aggregate that can be added to, taken from and stored; both of lib/stats fit. */
export interface Mergeable<Self> {
  merge(other: Self): void
  mergeEncoded(bytes: Uint8Array): void
  encode(): Uint8Array
  isEmpty(): boolean
}

const HOUR = GRAINS.indexOf('hour')
const DAY = GRAINS.indexOf('day')
/** All dimensions together and every other key fit 16 bits, hours up to 2100 21: together an exact integer. */
const KEY_RANGE = 2 ** 16

/** Gathers changes by hour in memory, and writes them to the rows of hours and of days at a flush. */
export interface Accumulator<Stats> {
  /** The gathered change of one hour, to be added to. */
  at(hour: number, toolId: number, key: number): Stats
  flush(): void
  discard(): void
  readonly size: number
}

export function createAccumulator<Stats extends Mergeable<Stats>>(
  table: StatsTable,
  create: () => Stats,
): Accumulator<Stats> {
  const changes = new Map<number, { cell: StatsCell; stats: Stats }>()

  function write(cell: StatsCell, change: Stats): void {
    const before = table.read(cell)
    const stats = create()
    if (before !== null) stats.mergeEncoded(before)
    stats.merge(change)
    table.write(cell, stats.isEmpty() ? null : stats.encode())
  }

  function gatherDays(): { cell: StatsCell; stats: Stats }[] {
    const days = new Map<number, { cell: StatsCell; stats: Stats }>()
    for (const { cell, stats } of changes.values()) {
      const start = Math.floor(cell.start / HOURS_PER_DAY)
      const id = identify(start, cell.toolId, cell.key)
      const day = days.get(id) ?? { cell: { ...cell, grain: DAY, start }, stats: create() }
      day.stats.merge(stats)
      days.set(id, day)
    }
    return [...days.values()]
  }

  return {
    at(hour, toolId, key) {
      const id = identify(hour, toolId, key)
      const known = changes.get(id)
      if (known) return known.stats
      const stats = create()
      changes.set(id, { cell: { grain: HOUR, toolId, start: hour, key }, stats })
      return stats
    },
    flush() {
      for (const { cell, stats } of changes.values()) write(cell, stats)
      for (const { cell, stats } of gatherDays()) write(cell, stats)
      changes.clear()
    },
    discard: () => changes.clear(),
    get size() {
      return changes.size
    },
  }
}

function identify(start: number, toolId: number, key: number): number {
  if (toolId >= KEY_RANGE || key >= KEY_RANGE) throw new RangeError(`${toolId} or ${key} is no key of a cell`)
  return (start * KEY_RANGE + toolId) * KEY_RANGE + key
}
