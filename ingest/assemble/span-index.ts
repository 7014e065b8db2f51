import type { SpanFacts } from '../dialects/facts.ts'
import { Islands } from './islands.ts'
import { joiningIds } from './runs.ts'
import { isUniqueId } from './same-call.ts'
import { isFuller, spanKey } from './tree.ts'

export interface Item {
  readonly facts: SpanFacts
  readonly startUs: number
  readonly endUs: number
}

/** A stretch of time; infinite at the ends of the component. */
export interface Range {
  readonly fromUs: number
  readonly toUs: number
}

/** The spans of a component, found by what links them. */
export class SpanIndex {
  readonly #items = new Map<string, Item>()
  readonly #children = new Map<string, string[]>()
  readonly #byCall = new Map<string, Set<string>>()
  readonly #islands = new Islands<Item>()
  readonly #traces = new Map<string, Range>()

  /** False when it was there, and said as much. */
  add(facts: SpanFacts): boolean {
    const key = spanKey(facts.traceId, facts.spanId)
    const known = this.#items.get(key)
    if (known !== undefined && !isFuller(facts, known.facts)) return false
    const item = { facts, startUs: facts.startUs, endUs: Math.max(facts.startUs, facts.endUs) }
    this.#items.set(key, item)
    if (facts.facts.role !== 'scope') {
      this.#islands.add(item, facts.facts.role === 'model')
      const { fromUs, toUs } = this.#traces.get(facts.traceId) ?? { fromUs: item.startUs, toUs: item.endUs }
      this.#traces.set(facts.traceId, {
        fromUs: Math.min(fromUs, item.startUs),
        toUs: Math.max(toUs, item.endUs),
      })
    }
    for (const id of joiningIds(facts)) addTo(this.#byCall, id, key)
    if (known === undefined && facts.parentSpanId !== null) {
      const parent = spanKey(facts.traceId, facts.parentSpanId)
      const children = this.#children.get(parent)
      if (children === undefined) this.#children.set(parent, [key])
      else children.push(key)
    }
    return true
  }

  /** The times at which a span bears on batches: its own, those below it, those of the same call. */
  rangesOf(facts: SpanFacts): Range[] {
    const key = spanKey(facts.traceId, facts.spanId)
    const ranges: Range[] = []
    const see = (item: Item | undefined) => {
      if (item !== undefined && item.facts.facts.role !== 'scope')
        ranges.push({ fromUs: item.startUs, toUs: item.endUs })
    }
    for (const below of this.#below(key)) see(this.#items.get(below))
    for (const above of this.#above(facts)) see(above)
    for (const id of ownIds(facts))
      for (const other of this.#byCall.get(id) ?? []) see(this.#items.get(other))
    return ranges
  }

  /** All the time of a trace; none when nothing worked in it. */
  rangesOfTrace(traceId: string): Range[] {
    const range = this.#traces.get(traceId)
    return range === undefined ? [] : [range]
  }

  /** The time that begins or ends so many model calls away. */
  edge(us: number, models: number, direction: -1 | 1): number {
    return this.#islands.edge(us, models, direction)
  }

  /** The spans of a stretch, those above them, and those of the same calls wherever they are. */
  read({ fromUs, toUs }: Range): Set<SpanFacts> {
    const found = new Set<SpanFacts>()
    for (const { facts } of this.#islands.between(fromUs, toUs)) {
      found.add(facts)
      for (const id of ownIds(facts)) {
        for (const other of this.#byCall.get(id) ?? []) found.add((this.#items.get(other) as Item).facts)
      }
    }
    for (const facts of [...found]) {
      for (const { facts: above } of this.#above(facts)) {
        if (found.has(above)) break
        found.add(above)
      }
    }
    return found
  }

  *#above({ traceId, parentSpanId }: SpanFacts): Generator<Item> {
    const seen = new Set<string>()
    for (let next = parentSpanId; next !== null; ) {
      const key = spanKey(traceId, next)
      const item = this.#items.get(key)
      if (item === undefined || seen.has(key)) return
      seen.add(key)
      yield item
      next = item.facts.parentSpanId
    }
  }

  #below(key: string): Set<string> {
    const found = new Set([key])
    for (const at of found) for (const child of this.#children.get(at) ?? []) found.add(child)
    return found
  }
}

/** The ids that say which call a span is about; those of a history are about others. */
function ownIds({ facts }: SpanFacts): string[] {
  if (facts.role === 'scope') return []
  const ids = facts.role === 'tool' ? [facts.callId] : (facts.emitted ?? []).map(({ callId }) => callId)
  return ids.filter((id) => id !== null && isUniqueId(id)) as string[]
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, new Set([value]))
  else values.add(value)
}
